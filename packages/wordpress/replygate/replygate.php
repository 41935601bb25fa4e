<?php
/**
 * Plugin Name:       Replygate
 * Description:       Shows the comments of your own Replygate server in place of WordPress's comments and their form.
 * Version:           0.2.0
 * Requires at least: 6.0
 * Requires PHP:      7.4
 * License:           MIT
 * Text Domain:       replygate
 *
 * @package Replygate
 */

declare(strict_types=1);

namespace Replygate;

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/includes/settings.php';
require_once __DIR__ . '/includes/service.php';
require_once __DIR__ . '/includes/display.php';

add_action( 'admin_menu', __NAMESPACE__ . '\\add_settings_page' );
add_action( 'admin_init', __NAMESPACE__ . '\\register_settings' );

if ( is_configured() ) {
	// Classic themes include a template; block themes render blocks.
	add_filter( 'comments_template', __NAMESPACE__ . '\\comments_template', 100 );
	add_filter( 'pre_render_block', __NAMESPACE__ . '\\replace_comments_block', 10, 2 );
	add_filter( 'get_comments_number', __NAMESPACE__ . '\\comments_number', 10, 2 );
	add_action( 'pre_comment_on_post', __NAMESPACE__ . '\\refuse_direct_comment' );
}
