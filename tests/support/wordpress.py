"""A real WordPress for tests: Debian's packages on PHP's own server and a MariaDB of its own."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import httpx

from tests.support.ports import free_port
from tests.support.wait import wait_until

SOURCE = Path("/usr/share/wordpress")
PASSWORD = "correct horse battery"
CONFIG = """<?php
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'root' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:{database}' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
define( 'WP_HOME', '{url}' );
define( 'WP_SITEURL', '{url}' );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'WP_ACCESSIBLE_HOSTS', '127.0.0.1' );
define( 'DISABLE_WP_CRON', true );
foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $name ) {{
    define( "{{$name}}_KEY", "test $name key" );
    define( "{{$name}}_SALT", "test $name salt" );
}}
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {{
    define( 'ABSPATH', __DIR__ . '/' );
}}
require_once ABSPATH . 'wp-settings.php';
"""


@dataclass(frozen=True)
class WordPress:
    """A running WordPress with one account, `admin`."""

    url: str
    folder: Path

    def run(self, code: str) -> str:
        """Run PHP inside WordPress and return what it prints."""
        program = f"define('WP_USE_THEMES', false); require 'wp-load.php'; {code}"
        done = subprocess.run(["php", "-r", program], cwd=self.folder, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def add_plugin(self, source: Path) -> None:
        shutil.copytree(source, self.folder / "wp-content" / "plugins" / source.name)
        self.activate(source.name)

    def activate(self, name: str) -> None:
        self._run_for_plugins(f"exit(is_wp_error(activate_plugin('{name}/{name}.php')) ? 1 : 0);")

    def deactivate(self, name: str) -> None:
        self._run_for_plugins(f"deactivate_plugins('{name}/{name}.php');")

    def _run_for_plugins(self, code: str) -> None:
        self.run(f"require_once ABSPATH . 'wp-admin/includes/plugin.php'; {code}")


@contextmanager
def open_wordpress(folder: Path) -> Iterator[WordPress]:
    """Start WordPress with an empty database below `folder`."""
    for program in ("php", "mariadbd", "mariadb-install-db"):
        assert shutil.which(program), f"the WordPress tests need {program} on the PATH"
    assert SOURCE.is_dir(), "the WordPress tests need Debian's package wordpress"
    with ExitStack() as stack:
        database = stack.enter_context(_database(folder / "database"))
        site = folder / "site"
        shutil.copytree(SOURCE, site, ignore=shutil.ignore_patterns(".htaccess", "wp-config.php"))
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        (site / "wp-config.php").write_text(CONFIG.format(database=database, url=url))
        # Without an opcode cache, which would not see for two seconds that a test changed wp-config.php.
        server = ("php", "-d", "opcache.enable=0", "-S", f"127.0.0.1:{port}", "-t", str(site))
        stack.enter_context(_process(*server, env={"PHP_CLI_SERVER_WORKERS": "4"}))
        wait_until(lambda: _answers(url))
        fields = {
            "weblog_title": "The Pier", "user_name": "admin", "admin_password": PASSWORD, "admin_password2": PASSWORD,
            "pw_weak": "on", "admin_email": "admin@example.org", "blog_public": "0",
        }  # fmt: skip
        answer = httpx.post(f"{url}/wp-admin/install.php?step=2", data=fields, timeout=120)
        assert "Success!" in answer.text, answer.text
        yield WordPress(url, site)


@contextmanager
def _database(folder: Path) -> Iterator[Path]:
    data, address = folder / "data", folder / "socket"
    data.mkdir(parents=True)
    install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"]
    subprocess.run([*install, "--skip-test-db"], check=True, capture_output=True, timeout=120)
    options = ["--no-defaults", f"--datadir={data}", f"--socket={address}", f"--pid-file={folder / 'pid'}"]
    if os.geteuid() == 0:
        options.append("--user=root")
        subprocess.run(["chown", "-R", "root", str(data)], check=True)
    with _process("mariadbd", *options, "--skip-networking", "--innodb-flush-log-at-trx-commit=0"):
        client = ["mariadb", "--no-defaults", f"--socket={address}", "--user=root", "-e"]
        wait_until(lambda: subprocess.run([*client, "SELECT 1"], capture_output=True, check=False).returncode == 0)
        subprocess.run([*client, "CREATE DATABASE wordpress CHARACTER SET utf8mb4"], check=True, capture_output=True)
        yield address


@contextmanager
def _process(*command: str, env: dict[str, str] | None = None) -> Iterator[None]:
    # In a session of its own: PHP's workers do not end with their parent.
    process = subprocess.Popen(
        command, env={**os.environ, **(env or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def _answers(url: str) -> bool:
    try:
        return urlopen(url, timeout=30).status == 200
    except OSError:
        return False
