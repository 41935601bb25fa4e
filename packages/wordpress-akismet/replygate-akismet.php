<?php
/**
 * Plugin Name: Replygate for Akismet
 * Description: Lets the Akismet plugin ask your own Replygate server instead of Akismet's.
 * Version: 0.2.0
 * Requires at least: 5.8
 * Requires PHP: 7.4
 * License: MIT
 *
 * Copy this file into wp-content/mu-plugins and name your server in wp-config.php:
 *
 *     define( 'REPLYGATE_AKISMET_SERVER', 'https://replygate.example' );
 *
 * Without that line Akismet's servers are not asked either: comments wait for a moderator.
 */

defined( 'ABSPATH' ) || exit;

/** Hosts of Akismet that the plugin asks from the server, and those that it shows in frames. */
const REPLYGATE_AKISMET_API   = 'rest.akismet.com';
const REPLYGATE_AKISMET_TOOLS = 'tools.akismet.com';

/** Returns the address of the Replygate server without a slash at the end; "" if none is set. */
function replygate_akismet_server() {
	$server = defined( 'REPLYGATE_AKISMET_SERVER' ) ? REPLYGATE_AKISMET_SERVER : '';
	return untrailingslashit( (string) apply_filters( 'replygate_akismet_server', $server ) );
}

/**
 * Sends a request for Akismet to the Replygate server instead. The path, the fields and the answer stay as they are.
 *
 * The host name may begin with the key, as older plugins write it. The key then goes into a header, because the new
 * server has one name.
 */
add_filter(
	'pre_http_request',
	function ( $answer, $args, $url ) {
		$parts = wp_parse_url( $url );
		$host  = strtolower( isset( $parts['host'] ) ? $parts['host'] : '' );
		$label = substr( $host, 0, -strlen( REPLYGATE_AKISMET_API ) );
		if ( false !== $answer || REPLYGATE_AKISMET_API !== substr( $host, -strlen( REPLYGATE_AKISMET_API ) ) || ! preg_match( '/^(\w+\.)?$/', $label ) ) {
			return $answer;
		}
		$server = replygate_akismet_server();
		if ( '' === $server ) {
			return new WP_Error( 'replygate_akismet', 'REPLYGATE_AKISMET_SERVER is not set in wp-config.php.' );
		}
		unset( $args['headers']['Host'], $args['headers']['host'] );
		if ( '' !== $label ) {
			$args['headers']['Authorization'] = 'Bearer ' . rtrim( $label, '.' );
		}
		$query = isset( $parts['query'] ) ? '?' . $parts['query'] : '';
		return wp_remote_request( $server . ( isset( $parts['path'] ) ? $parts['path'] : '/' ) . $query, $args );
	},
	10,
	3
);

/** Shows the statistics of this server in place of Akismet's frames, whose addresses contain the key. */
add_filter(
	'clean_url',
	function ( $url ) {
		if ( REPLYGATE_AKISMET_TOOLS === wp_parse_url( html_entity_decode( $url ), PHP_URL_HOST ) ) {
			return esc_attr( admin_url( 'admin-ajax.php?action=replygate_akismet_statistics' ) );
		}
		return $url;
	}
);

/** Answers the frame with the statistics: one row for each month. */
add_action(
	'wp_ajax_replygate_akismet_statistics',
	function () {
		if ( ! current_user_can( 'manage_options' ) || ! class_exists( 'Akismet' ) ) {
			wp_die( '', '', array( 'response' => 403 ) );
		}
		$fields = array( 'blog' => get_option( 'home' ), 'key' => Akismet::get_api_key(), 'from' => 'all' );
		$answer = Akismet::http_post( Akismet::build_query( $fields ), 'get-stats' );
		$months = json_decode( isset( $answer[1] ) ? (string) $answer[1] : '', true );
		$months = is_array( $months ) && isset( $months['breakdown'] ) ? array_reverse( (array) $months['breakdown'], true ) : array();
		header( 'Content-Type: text/html; charset=utf-8' );
		echo '<!doctype html><title>Replygate</title><style>body{font:14px sans-serif}td,th{padding:.2em 1em;text-align:right}</style>';
		echo '<table><tr><th>Month</th><th>Spam</th><th>No spam</th><th>Missed spam</th><th>False positives</th></tr>';
		foreach ( $months as $month => $row ) {
			$cells = array( $month, $row['spam'], $row['ham'], $row['missed_spam'], $row['false_positives'] );
			echo '<tr><td>' . implode( '</td><td>', array_map( 'esc_html', $cells ) ) . '</td></tr>';
		}
		echo '</table>';
		wp_die( '', '', array( 'response' => 200 ) );
	}
);
