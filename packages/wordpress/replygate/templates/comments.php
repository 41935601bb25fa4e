<?php
/**
 * The comments of a post: read on the server, so that they show without JavaScript, and taken over by the widget.
 *
 * @package Replygate
 */

declare(strict_types=1);

namespace Replygate;

defined( 'ABSPATH' ) || exit;

if ( post_password_required() ) {
	return;
}
$thread = (string) get_permalink();
$html   = comments_html( $thread ); // sanitized by the server
if ( ! comments_open() ) {
	echo '<div id="comments" class="replygate-comments">' . $html . '</div>';
	return;
}
$attributes = array(
	'thread'       => $thread,
	'thread-title' => html_entity_decode( get_the_title(), ENT_QUOTES | ENT_HTML5 ),
	'user-token'   => user_token(),
	'lang'         => str_replace( '_', '-', determine_locale() ),
);
$site = \Replygate\setting( 'site' );
?>
<div id="comments" class="replygate-comments">
<replygate-comments<?php foreach ( array_filter( $attributes ) as $name => $value ) { printf( ' %s="%s"', esc_attr( $name ), esc_attr( $value ) ); } ?>>
	<?php echo $html; ?>
	<form method="post" action="<?php echo esc_url( site_address( '/comments' ) ); ?>" accept-charset="utf-8" class="comment-form">
		<h2><?php esc_html_e( 'Leave a Reply' ); ?></h2>
		<p><?php esc_html_e( 'Your email address will not be published.' ); ?></p>
		<input type="hidden" name="thread" value="<?php echo esc_attr( $thread ); ?>">
		<?php if ( $attributes['user-token'] ) : ?>
		<input type="hidden" name="user_token" value="<?php echo esc_attr( $attributes['user-token'] ); ?>">
		<?php endif; ?>
		<p><label><?php esc_html_e( 'Comment' ); ?> * <textarea name="content" rows="6" required></textarea></label></p>
		<?php if ( ! $attributes['user-token'] ) : ?>
		<p><label><?php esc_html_e( 'Name' ); ?> * <input name="author" maxlength="245" autocomplete="name" required></label></p>
		<p><label><?php esc_html_e( 'Email' ); ?> * <input name="email" type="email" maxlength="100" autocomplete="email" required></label></p>
		<p><label><?php esc_html_e( 'Website' ); ?> <input name="url" maxlength="200" autocomplete="url"></label></p>
		<p style="position: absolute; left: -9999px" aria-hidden="true"><label>Leave this empty <input name="website" tabindex="-1" autocomplete="off"></label></p>
		<?php endif; ?>
		<p><button type="submit"><?php esc_html_e( 'Post Comment' ); ?></button></p>
	</form>
</replygate-comments>
<script async src="<?php echo esc_url( setting( 'server' ) . '/widget.js' ); ?>" data-site="<?php echo esc_attr( $site ); ?>"></script>
</div>
