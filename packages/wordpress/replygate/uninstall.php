<?php
/**
 * Deletes the settings when the plugin is deleted. Comments stay on the Replygate server.
 *
 * @package Replygate
 */

declare(strict_types=1);

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

delete_option( 'replygate' );
