<?php
/**
 * Fills an empty WordPress with posts and comments of every kind, for the export file of the import tests.
 * Read by `tests/support/wordpress_export.py` after WordPress has started. All dates are fixed.
 */

foreach ( array( 'option_home', 'option_siteurl' ) as $option ) {
	add_filter( $option, function () { return 'https://pier.example'; }, 99 );
}
update_option( 'permalink_structure', '/%year%/%monthnum%/%postname%/' );
$GLOBALS['wp_rewrite']->init();
update_option( 'timezone_string', 'Europe/Lisbon' );
foreach ( get_posts( array( 'post_type' => 'any', 'post_status' => 'any', 'numberposts' => -1 ) ) as $made_by_installer ) {
	wp_delete_post( $made_by_installer->ID, true );
}

function pier_post( $slug, $title, $more = array() ) {
	return wp_insert_post(
		$more + array(
			'post_title'     => $title,
			'post_name'      => $slug,
			'post_content'   => "<p>$title, at length.</p>",
			'post_status'    => 'publish',
			'post_author'    => 1,
			'post_date'      => '2024-03-01 09:00:00',
			'post_date_gmt'  => '2024-03-01 09:00:00',
			'comment_status' => 'open',
		)
	);
}

/** Adds a comment and returns its id. Minutes count from the first of June 2024, when Lisbon is an hour ahead of UTC. */
function pier_comment( $post, $minutes, $author, $content, $more = array(), $meta = array() ) {
	$at   = strtotime( '2024-06-01 10:00:00 UTC' ) + 60 * $minutes;
	$slug = sanitize_title( $author );
	$id   = wp_insert_comment(
		wp_slash(
			$more + array(
				'comment_post_ID'      => $post,
				'comment_author'       => $author,
				'comment_author_email' => "$slug@mail.example",
				'comment_author_url'   => '',
				'comment_author_IP'    => '198.51.100.' . ( 1 + $minutes % 250 ),
				'comment_agent'        => 'Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0',
				'comment_content'      => $content,
				'comment_date'         => gmdate( 'Y-m-d H:i:s', $at + 3600 ),
				'comment_date_gmt'     => gmdate( 'Y-m-d H:i:s', $at ),
				'comment_approved'     => '1',
			)
		)
	);
	foreach ( $meta as $key => $value ) {
		add_comment_meta( $id, $key, $value );
	}
	return $id;
}

function pier_column( $id, $column, $value ) {
	global $wpdb;
	$wpdb->update( $wpdb->comments, array( $column => $value ), array( 'comment_ID' => $id ) );
}

$tide   = pier_post( 'the-tide-tables', 'The tide tables & the "new" pier' );
$ferry  = pier_post( 'ferry', 'Ferry: nachts um ½3 — 夜の船 🚢' );
$about  = pier_post( 'about', 'About', array( 'post_type' => 'page' ) );
$secret = pier_post( 'members', 'Members only', array( 'post_password' => 'tide' ) );
$draft  = pier_post( 'not-yet', 'Not yet', array( 'post_status' => 'draft' ) );
$closed = pier_post( 'closed', 'Closed to comments', array( 'comment_status' => 'closed' ) );
$gone   = pier_post( 'gone', 'Thrown away' );
pier_post( 'quiet', 'Nobody wrote below this' );

// Replies, seven levels deep, and one that is older than its parent's id.
$parent = 0;
foreach ( array( 'Ada', 'Bo', 'Ada', 'Chidi', 'Bo', 'Dalia', 'Ada' ) as $n => $name ) {
	$parent = pier_comment( $tide, $n, $name, "Level $n: high water came " . ( 3 + $n ) . ' minutes early.', array( 'comment_parent' => $parent ) );
}
$child = pier_comment( $tide, 20, 'Early Bird', 'This reply has a smaller id than the comment above it.' );
$late  = pier_comment( $tide, 19, 'Late Parent', 'The parent that came into the table after its reply.' );
pier_column( $child, 'comment_parent', $late );

// The site's own author, with an account.
pier_comment( $tide, 25, 'admin', 'Thanks, the tables are corrected.', array( 'user_id' => 1, 'comment_author_email' => 'admin@example.org', 'comment_author_url' => 'https://pier.example' ) );

// Orphans: the parent was deleted, belongs to another post, or is the comment itself.
pier_comment( $tide, 30, 'Orphan', 'The comment I answered is gone.', array( 'comment_parent' => 987654 ) );
pier_comment( $ferry, 31, 'Far Parent', 'I answer a comment below another post.', array( 'comment_parent' => $parent ) );
$self = pier_comment( $ferry, 32, 'Self Parent', 'I answer myself.' );
pier_column( $self, 'comment_parent', $self );
$one = pier_comment( $ferry, 33, 'Ring One', 'I answer two.' );
$two = pier_comment( $ferry, 34, 'Ring Two', 'I answer one.', array( 'comment_parent' => $one ) );
pier_column( $one, 'comment_parent', $two );

// Texts.
pier_comment( $ferry, 40, 'Zoë Ångström', "Grüße aus Århus — „schön“!\n\nZweiter Absatz,\nmit einer neuen Zeile." );
pier_comment( $ferry, 41, '山田 太郎', '夜の船はとても静かでした。👩‍👩‍👧‍👦 🇯🇵' );
pier_comment( $ferry, 42, 'ليلى', 'كانت الرحلة رائعة، شكراً لكم!' );
pier_comment( $ferry, 43, "Pat O'Hare & Sons", 'Ends a section: ]]> and <![CDATA[ begins one. 1 < 2 && 3 > 2; C:\\harbour\\new' );
pier_comment( $ferry, 44, 'Markup', "<strong>Bold</strong>, <em>emphasis</em>, <a href=\"https://tides.example/?a=1&amp;b=2\" rel=\"nofollow ugc\" title=\"Tides\">a link</a>, <code>if (a &lt; b) { pier(); }</code>\n<blockquote>A quotation.\n\nOf two paragraphs.</blockquote>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>" );
pier_comment( $ferry, 45, 'Hostile', '<script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">click</a><iframe src="https://bad.example"></iframe>' );
pier_comment( $ferry, 46, 'Pre', "<pre>\n  low   0.4 m\n  high  3.9 m\n</pre>" );
pier_comment( $ferry, 47, 'Long', str_repeat( 'The ferry leaves at seven and the harbour master waves. ', 180 ) );
pier_comment( $ferry, 48, 'Autolink', 'See https://tides.example/today and write to harbour@pier.example.' );
pier_comment( $ferry, 49, '', 'Somebody without a name.', array( 'comment_author_email' => '' ) );
pier_comment( $ferry, 50, 'Website', 'I have a website.', array( 'comment_author_url' => 'http://website.example/~me/?q=ä' ) );
pier_comment( $ferry, 51, 'IPv6', 'From a newer network.', array( 'comment_author_IP' => '2001:db8:85a3::8a2e:370:7334' ) );
pier_comment( $ferry, 52, 'Twice', 'The same words.' );
pier_comment( $ferry, 52, 'Twice', 'The same words.' );
pier_comment( $ferry, 53, 'Empty', '' );

// Statuses. Spam is in the database; WordPress leaves it out of exports.
pier_comment( $tide, 60, 'Waiting', 'Is somebody reading this?', array( 'comment_approved' => '0' ), array( 'akismet_result' => 'false' ) );
$waiting = pier_comment( $tide, 61, 'Waiting Too', 'I wait as well.', array( 'comment_approved' => '0' ) );
pier_comment( $tide, 62, 'Answer', 'An answer to a comment that waits.', array( 'comment_parent' => $waiting ) );
$binned = pier_comment( $tide, 63, 'Rude', 'You are all idiots.' );
pier_comment( $tide, 64, 'Peace', 'An answer to a comment in the trash.', array( 'comment_parent' => $binned ) );
wp_trash_comment( $binned );
update_comment_meta( $binned, '_wp_trash_meta_time', 1717240000 );
foreach ( array( 'Cheap Pills', 'Casino Bonus', 'SEO Rank' ) as $n => $name ) {
	pier_comment( $tide, 70 + $n, $name, "$name! Visit https://spam$n.example/buy now, best price.", array( 'comment_approved' => 'spam' ), array( 'akismet_result' => 'true' ) );
}

// Links from other sites, types of plugins, and the empty type of old versions.
pier_comment( $tide, 80, 'Harbour News', '[&#8230;] as the Pier reports, the tide tables are wrong [&#8230;]', array( 'comment_type' => 'pingback', 'comment_author_url' => 'https://news.example/2024/tides/', 'comment_author_email' => '' ) );
pier_comment( $tide, 81, 'Old Blog', "<strong>The tide turns</strong>\n\nA post about the pier ...", array( 'comment_type' => 'trackback', 'comment_author_url' => 'https://oldblog.example/?p=7', 'comment_author_email' => '' ) );
pier_comment( $tide, 82, 'Link Farm', '[&#8230;] cheap [&#8230;]', array( 'comment_type' => 'pingback', 'comment_author_url' => 'https://farm.example/', 'comment_author_email' => '', 'comment_approved' => '0' ) );
pier_comment( $about, 83, 'Reviewer', 'Four stars for the pier.', array( 'comment_type' => 'review' ), array( 'rating' => '4' ) );
$old = pier_comment( $about, 84, 'Old Times', 'Written with WordPress 2.' );
pier_column( $old, 'comment_type', '' );
pier_column( $old, 'comment_date_gmt', '0000-00-00 00:00:00' );

// Labels of other filters.
$history = array( 'time' => 1717236000.5, 'event' => 'check-ham' );
pier_comment( $about, 90, 'Checked', 'Akismet saw this.', array(), array( 'akismet_result' => 'false', 'akismet_history' => $history ) );
pier_comment( $about, 91, 'Doubted', 'Another plugin doubted this.', array( 'comment_approved' => '0' ), array( 'antispam_bee_reason' => 'bbcode' ) );
pier_comment( $about, 92, 'Freed', 'A moderator took this out of the spam.', array(), array( 'akismet_result' => 'true', 'akismet_user_result' => 'false', 'akismet_user' => 'admin' ) );

foreach ( array( $secret, $draft, $closed, $gone ) as $post ) {
	pier_comment( $post, 100 + $post, 'Guest', 'Below ' . get_the_title( $post ) . '.' );
}
wp_trash_post( $gone );

// A busy page.
$above = 0;
for ( $n = 0; $n < 60; $n++ ) {
	$id    = pier_comment( $about, 1000 + 7 * $n, 'Guest ' . ( $n % 11 ), "Message $n in the guest book.", array( 'comment_parent' => $n % 3 ? $above : 0 ) );
	$above = $n % 3 ? $above : $id;
}
