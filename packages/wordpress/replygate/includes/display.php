<?php
/**
 * Shows Replygate's comments where WordPress would show its own.
 *
 * @package Replygate
 */

declare(strict_types=1);

namespace Replygate;

defined( 'ABSPATH' ) || exit;

/** Replaces the theme's comments template. */
function comments_template(): string {
	return dirname( __DIR__ ) . '/templates/comments.php';
}

/**
 * Replaces the comments block of block themes.
 *
 * @param string|null          $html  The block's HTML, if another plugin has rendered it.
 * @param array<string, mixed> $block The parsed block.
 */
function replace_comments_block( ?string $html, array $block ): ?string {
	if ( null !== $html || ! in_array( $block['blockName'], array( 'core/comments', 'core/post-comments' ), true ) ) {
		return $html;
	}
	ob_start();
	require comments_template();
	return (string) ob_get_clean();
}

/**
 * Counts Replygate's comments. WordPress's own number stands in while the server is away.
 *
 * @param string|int $number  WordPress's number.
 * @param int        $post_id The post.
 * @return string|int
 */
function comments_number( $number, int $post_id ) {
	return comment_count( (string) get_permalink( $post_id ) ) ?? $number;
}

/** Refuses comments that bots send to WordPress's own form address, past Replygate. */
function refuse_direct_comment(): void {
	wp_die( 'Comments on this site are sent with the form below each article.', 'Comment not sent', array( 'response' => 403, 'back_link' => true ) );
}
