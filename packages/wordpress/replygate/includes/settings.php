<?php
/**
 * The plugin's settings and their page.
 *
 * @package Replygate
 */

declare(strict_types=1);

namespace Replygate;

defined( 'ABSPATH' ) || exit;

const OPTION = 'replygate';

/** Label, input type and help of each setting. */
const FIELDS = array(
	'server'   => array( 'Server', 'url', 'Address of your Replygate server, for example https://replies.example.' ),
	'site'     => array( 'Site', 'text', 'Id of this website there: replygate site add ID.' ),
	'user_key' => array( 'User key', 'password', 'Optional. People who are signed in here then comment under their name: replygate site user-key ID.' ),
);

/** Returns one setting, or "". */
function setting( string $name ): string {
	$stored = get_option( OPTION, array() );
	return is_array( $stored ) ? (string) ( $stored[ $name ] ?? '' ) : '';
}

function is_configured(): bool {
	return '' !== setting( 'server' ) && '' !== setting( 'site' );
}

function add_settings_page(): void {
	add_options_page( 'Replygate', 'Replygate', 'manage_options', 'replygate', __NAMESPACE__ . '\\show_settings_page' );
}

function register_settings(): void {
	register_setting( 'replygate', OPTION, array( 'sanitize_callback' => __NAMESPACE__ . '\\checked_settings' ) );
	add_settings_section( 'replygate', '', '__return_null', 'replygate' );
	foreach ( FIELDS as $name => $field ) {
		$arguments = array( 'name' => $name, 'label_for' => "replygate-$name" );
		add_settings_field( $name, $field[0], __NAMESPACE__ . '\\show_field', 'replygate', 'replygate', $arguments );
	}
}

/**
 * Keeps the known settings. An address that is not http or https is reported and not stored.
 *
 * @param mixed $input The form's values.
 * @return array<string, string>
 */
function checked_settings( $input ): array {
	$kept = array();
	foreach ( array_keys( FIELDS ) as $name ) {
		$kept[ $name ] = sanitize_text_field( is_array( $input ) ? (string) ( $input[ $name ] ?? '' ) : '' );
	}
	$server = esc_url_raw( rtrim( $kept['server'], '/' ), array( 'http', 'https' ) );
	if ( '' === $server && '' !== $kept['server'] ) {
		add_settings_error( OPTION, 'server', 'The server must be an address that starts with https:// or http://.' );
	}
	$kept['server'] = $server;
	if ( '' !== $kept['site'] && ! preg_match( '/^[a-z0-9-]{1,40}$/', $kept['site'] ) ) {
		add_settings_error( OPTION, 'site', 'The site is an id of a-z, 0-9 and -.' );
		$kept['site'] = '';
	}
	return $kept;
}

/**
 * Shows the input of one setting.
 *
 * @param array{name: string, label_for: string} $arguments The setting.
 */
function show_field( array $arguments ): void {
	list( , $type, $help ) = FIELDS[ $arguments['name'] ];
	printf(
		'<input class="regular-text" id="%s" name="%s" type="%s" value="%s" autocomplete="off"><p class="description">%s</p>',
		esc_attr( $arguments['label_for'] ),
		esc_attr( OPTION . '[' . $arguments['name'] . ']' ),
		esc_attr( $type ),
		esc_attr( setting( $arguments['name'] ) ),
		esc_html( $help )
	);
}

function show_settings_page(): void {
	echo '<div class="wrap"><h1>Replygate</h1><form method="post" action="options.php">';
	settings_fields( 'replygate' );
	do_settings_sections( 'replygate' );
	submit_button();
	echo '</form><p>The site must list this address among its origins: <code>';
	$address = wp_parse_url( home_url() );
	$port    = isset( $address['port'] ) ? ':' . $address['port'] : '';
	echo esc_html( 'replygate site set ' . ( setting( 'site' ) ?: 'ID' ) . " origins={$address['scheme']}://{$address['host']}$port" );
	echo '</code></p></div>';
}
