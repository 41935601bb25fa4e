<?php
/**
 * Requests to the Replygate server, and tokens for people who are signed in here.
 *
 * @package Replygate
 */

declare(strict_types=1);

namespace Replygate;

defined( 'ABSPATH' ) || exit;

/** Seconds for which comments and counts are kept, and seconds to wait for the server while a page is made. */
const KEEP_SECONDS = 60;
const WAIT_SECONDS = 2;

function site_address( string $path ): string {
	return setting( 'server' ) . '/v1/sites/' . rawurlencode( setting( 'site' ) ) . $path;
}

/**
 * Reads an address of the server. After a failure the next attempt is a minute later, so that a server that is away
 * does not slow down every page.
 */
function cached_answer( string $path ): string {
	$key    = 'replygate_' . md5( site_address( $path ) );
	$cached = get_transient( $key );
	if ( is_string( $cached ) ) {
		return $cached;
	}
	$answer = wp_remote_get( site_address( $path ), array( 'timeout' => WAIT_SECONDS ) );
	$body   = 200 === wp_remote_retrieve_response_code( $answer ) ? wp_remote_retrieve_body( $answer ) : '';
	set_transient( $key, $body, KEEP_SECONDS );
	return $body;
}

/** Returns the thread's comments as sanitized HTML; "" if the server is away. */
function comments_html( string $thread ): string {
	$language = str_replace( '_', '-', determine_locale() );
	return cached_answer( '/comments.html?' . http_build_query( array( 'thread' => $thread, 'lang' => $language ) ) );
}

/** Returns the number of comments of a thread, or null if the server is away. */
function comment_count( string $thread ): ?int {
	$answer = json_decode( cached_answer( '/counts?' . http_build_query( array( 'thread' => $thread ) ) ), true );
	return isset( $answer['counts'][ $thread ] ) ? (int) $answer['counts'][ $thread ] : null;
}

/** Returns a token (JWT, HS256) that says who is signed in; "" for nobody, or without a key. */
function user_token(): string {
	$user = wp_get_current_user();
	if ( ! $user->exists() || '' === setting( 'user_key' ) ) {
		return '';
	}
	$claims = array(
		'sub'  => (string) $user->ID,
		'name' => $user->display_name,
		'iat'  => time(),
		'exp'  => time() + 50 * MINUTE_IN_SECONDS, // Replygate allows an hour at most
	);
	if ( $user->has_cap( 'moderate_comments' ) ) {
		$claims['role'] = 'staff';
	}
	$signed = base64url( wp_json_encode( array( 'alg' => 'HS256', 'typ' => 'JWT' ) ) ) . '.' . base64url( wp_json_encode( $claims ) );
	return $signed . '.' . base64url( hash_hmac( 'sha256', $signed, setting( 'user_key' ), true ) );
}

function base64url( string $bytes ): string {
	return rtrim( strtr( base64_encode( $bytes ), '+/', '-_' ), '=' );
}
