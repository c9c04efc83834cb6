"""The set-up scripts, as far as they need no network."""

import os
import signal
import socket
import stat
import subprocess
import sys

import pytest

from tools import run as tools_run
from tools.setup import databases, node, odoo, paths, postgres, secrets, server, shell
from tools.setup.shell import SetupError


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache folder of its own for everything that the scripts write."""
    monkeypatch.setattr(paths, "CACHE", tmp_path)
    monkeypatch.setattr(paths, "STATE", tmp_path / "state")
    monkeypatch.setattr(paths, "LOGS", tmp_path / "logs")
    monkeypatch.setattr(paths, "SECRETS", tmp_path / "secrets.json")
    monkeypatch.setattr(paths, "DATA_DIR", tmp_path / "data")
    return tmp_path


@pytest.fixture
def sleeper():
    """A process that is none of ours."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", "odoo"])
    yield process
    process.kill()
    process.wait()


def mode(file) -> int:
    return stat.S_IMODE(file.stat().st_mode)


class TestPaths:
    def test_the_cache_goes_where_it_is_told(self, tmp_path, monkeypatch):
        monkeypatch.setenv("CRM_BPM_CACHE", str(tmp_path / "own"))
        assert paths._cache_home() == tmp_path / "own"
        monkeypatch.delenv("CRM_BPM_CACHE")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert paths._cache_home() == tmp_path / "crm-bpm"
        monkeypatch.delenv("XDG_CACHE_HOME")
        monkeypatch.setenv("HOME", str(tmp_path))
        assert paths._cache_home() == tmp_path / ".cache" / "crm-bpm"

    def test_a_socket_in_a_deep_folder_gets_a_short_path(self, tmp_path, monkeypatch):
        monkeypatch.setattr(postgres, "cluster_home", lambda: tmp_path / ("deep" * 30))
        assert len(str(postgres.socket_dir() / ".s.PGSQL.5432")) < 107
        monkeypatch.setattr(postgres, "cluster_home", lambda: paths.Path("/srv/cache"))
        assert str(postgres.socket_dir()) == "/srv/cache/run"


class TestSecrets:
    def test_made_once_and_readable_by_the_owner_only(self, cache):
        first = secrets.get("admin_password")
        assert len(first) >= 12
        assert secrets.get("admin_password") == first
        assert secrets.get("master_password") != first
        assert mode(paths.SECRETS) == 0o600

    def test_the_master_password_is_in_no_file_of_the_clone(self, cache):
        config = secrets.server_config()
        assert f"admin_passwd = {secrets.get('master_password')}" in config.read_text()
        assert mode(config) == 0o600
        assert "admin_passwd" not in (paths.REPO / "odoo.conf").read_text()

    def test_attachments_and_sessions_are_their_owners(self, cache):
        assert databases._data_dir() == cache / "data"
        assert mode(paths.DATA_DIR) == 0o700

    def test_two_clones_have_different_secrets(self, cache, monkeypatch):
        first = secrets.get("admin_password")
        monkeypatch.setattr(paths, "SECRETS", cache / "other.json")
        assert secrets.get("admin_password") != first


class TestPort:
    @pytest.mark.parametrize("text", ["http", "0", "-1", "65536", "80 80", "8069.0"])
    def test_a_wrong_port_is_refused_in_words(self, text, monkeypatch):
        monkeypatch.setenv("HTTP_PORT", text)
        with pytest.raises(SetupError, match="is not a port number"):
            tools_run._port()

    def test_the_port_is_8069_unless_told(self, monkeypatch):
        monkeypatch.delenv("HTTP_PORT", raising=False)
        assert tools_run._port() == 8069
        monkeypatch.setenv("HTTP_PORT", "")
        assert tools_run._port() == 8069
        monkeypatch.setenv("HTTP_PORT", "8123")
        assert tools_run._port() == 8123

    def test_a_taken_port_names_another(self, cache):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            with pytest.raises(SetupError, match=f"Port {port} is taken.*HTTP_PORT="):
                server.refuse_taken_port(port)
        server.refuse_taken_port(port)


class TestStop:
    def _claim(self, pid, born):
        paths.STATE.mkdir(parents=True, exist_ok=True)
        text = f'{{"pid": {pid}, "born": "{born}", "port": 1, "database": "x", "files": ""}}'
        server.pid_file().write_text(text)

    def test_nothing_of_ours(self, cache):
        assert not server.stop()

    def test_our_process_is_stopped(self, cache, sleeper):
        self._claim(sleeper.pid, server.born(sleeper.pid))
        assert server.running_pid() == sleeper.pid
        assert server.stop()
        assert sleeper.wait(10) == -signal.SIGTERM
        assert not server.pid_file().exists()

    def test_another_process_with_our_number_is_left_alone(self, cache, sleeper):
        """After a restart our number may belong to somebody else's Odoo."""
        self._claim(sleeper.pid, int(server.born(sleeper.pid)) - 1)
        assert server.running_pid() is None
        assert not server.stop()
        assert sleeper.poll() is None

    def test_a_broken_file_is_no_traceback(self, cache):
        paths.STATE.mkdir(parents=True)
        for text in ("", "12", "[]", '{"port": 1}'):
            server.pid_file().write_text(text)
            assert server.running_pid() is None


class TestTemplates:
    @pytest.fixture
    def addon(self, tmp_path, monkeypatch):
        addon = tmp_path / "addons" / "crm_x"
        for name, text in {
            "__manifest__.py": "{'name': 'X', 'depends': ['crm']}",
            "models/x.py": "x = 1",
            "views/x.xml": "<odoo/>",
            "tests/test_x.py": "",
            "static/src/x.js": "",
            "readme/USAGE.md": "",
        }.items():
            file = addon / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        monkeypatch.setattr(paths, "ADDONS", addon.parent)
        monkeypatch.setattr(databases, "_odoo_version", lambda: "19.0")
        return addon

    @pytest.mark.parametrize("name", ["models/x.py", "views/x.xml", "__manifest__.py"])
    def test_a_file_that_is_installed_makes_a_new_template(self, addon, name):
        before = databases.template_name(demo=False)
        file = addon / name
        file.write_text(file.read_text() + "\n")
        assert databases.template_name(demo=False) != before

    @pytest.mark.parametrize("name", ["tests/test_x.py", "static/src/x.js", "readme/USAGE.md"])
    def test_other_files_keep_it(self, addon, name):
        before = databases.template_name(demo=False)
        (addon / name).write_text("changed")
        (addon / "tests" / "new.py").write_text("")
        assert databases.template_name(demo=False) == before

    def test_a_renamed_or_new_file_makes_a_new_one(self, addon):
        before = databases.addons_hash()
        (addon / "models/x.py").rename(addon / "models/y.py")
        after = databases.addons_hash()
        assert after != before
        (addon / "models/z.py").write_text("")
        assert databases.addons_hash() != after

    def test_demo_data_and_odoo_itself_count(self, addon, monkeypatch):
        assert databases.template_name(demo=True) != databases.template_name(demo=False)
        before = databases.template_name(demo=False)
        monkeypatch.setattr(databases, "_odoo_version", lambda: "19.0 of another day")
        assert databases.template_name(demo=False) != before

    def test_the_base_follows_what_the_manifests_need(self, addon):
        before = databases.base_name()
        (addon / "models/x.py").write_text("changed")
        assert databases.base_name() == before
        (addon / "__manifest__.py").write_text("{'name': 'X', 'depends': ['crm', 'stock']}")
        assert databases.base_name() != before

    @pytest.mark.parametrize("name", ['x"; drop database y', "a b", ""])
    def test_only_names_are_dropped(self, name):
        with pytest.raises(SetupError, match="Not a database name"):
            databases.drop(name)


class TestDesignerBundle:
    """The process designer's libraries come from npm and are made when first needed."""

    @pytest.fixture
    def esbuild(self, cache, tmp_path, monkeypatch):
        """The set-up with an esbuild that counts its runs, in a clone of its own."""
        repo = tmp_path / "clone"
        package = repo / "node_modules/bpmn-js"
        package.mkdir(parents=True)
        (package / "package.json").write_text('{"name": "bpmn-js", "version": "1", "license": "M"}')
        (package / "LICENSE").write_text("the watermark must stay")
        (repo / "package-lock.json").write_text("{}")
        (repo / "entry.js").write_text("1")
        monkeypatch.setattr(paths, "REPO", repo)
        monkeypatch.setattr(node, "ENTRY", repo / "entry.js")
        monkeypatch.setattr(node, "TARGET", repo / "addons/x/static/lib/bpmn")
        monkeypatch.setattr(node, "npm_packages", lambda: None)
        runs = []

        def run(command, **_options):
            folder = next(part for part in command if str(part).startswith("--outfile="))
            folder = paths.Path(folder.partition("=")[2]).parent
            runs.append(folder)
            for name in ("bpmn.js", "bpmn.woff2"):
                (folder / name).write_text("x")
            (folder / "bpmn.css").write_text(
                '@font-face{src:url();src:url() format("eot"),url("./b.woff2?1") format("woff2"),'
                'url() format("svg");font-weight:400}'
            )
            (folder / "meta.json").write_text(
                '{"inputs": {"entry.js": {}, "node_modules/bpmn-js/lib/a.js": {}}}'
            )

        monkeypatch.setattr(node, "run", run)
        return runs

    def test_made_once_until_its_sources_change(self, esbuild):
        node.designer_bundle()
        node.designer_bundle()
        assert len(esbuild) == 1
        node.ENTRY.write_text("2")
        node.designer_bundle()
        assert len(esbuild) == 2
        (node.TARGET / "bpmn.js").unlink()
        node.designer_bundle()
        assert len(esbuild) == 3

    def test_licences_and_only_the_font_that_is_there(self, esbuild):
        node.designer_bundle()
        assert "the watermark must stay" in (node.TARGET / "LICENSES.txt").read_text()
        styles = (node.TARGET / "bpmn.css").read_text()
        assert styles == '@font-face{src:url("./b.woff2?1") format("woff2");font-weight:400}'
        assert sorted(file.name for file in node.TARGET.iterdir()) == sorted(node.BUNDLED)

    def test_an_interrupted_run_leaves_nothing_half_done(self, esbuild, monkeypatch):
        def fails(*_args, **_options):
            raise SetupError("no space left")

        monkeypatch.setattr(node, "run", fails)
        with pytest.raises(SetupError, match="no space"):
            node.designer_bundle()
        assert not node.TARGET.exists()

    def test_the_lock_file_names_no_registry(self):
        assert "resolved" not in (paths.REPO / "package-lock.json").read_text()

    @pytest.mark.parametrize(
        ("file", "package"),
        [
            ("node_modules/a/lib/x.js", "node_modules/a"),
            ("node_modules/@o/b/x.js", "node_modules/@o/b"),
            ("node_modules/a/node_modules/c/x.js", "node_modules/a/node_modules/c"),
        ],
    )
    def test_the_package_of_a_file(self, file, package):
        assert node._package_of(file) == package


class TestOwnOdoo:
    def _home(self, tmp_path, version):
        (tmp_path / "odoo").mkdir()
        (tmp_path / "odoo" / "release.py").write_text(f"version_info = {version}\n")
        return str(tmp_path)

    def test_taken_when_it_is_19(self, tmp_path, monkeypatch):
        monkeypatch.setenv("ODOO_HOME", self._home(tmp_path, "(19, 0, 0, FINAL, 0, '')"))
        assert odoo.odoo_python_path() == tmp_path
        assert not odoo.is_debian_tree()

    def test_another_version_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.setenv("ODOO_HOME", self._home(tmp_path, "(18, 0, 0, FINAL, 0, '')"))
        with pytest.raises(SetupError, match="is Odoo 18.0, not 19.0"):
            odoo.odoo_python_path()

    def test_a_wrong_folder_says_what_is_wanted(self, tmp_path, monkeypatch):
        monkeypatch.setenv("ODOO_HOME", str(tmp_path))
        with pytest.raises(SetupError, match="holds no odoo/release.py(.|\n)*odoo-bin"):
            odoo.odoo_python_path()

    def test_extra_addons_stand_behind_ours(self, monkeypatch):
        monkeypatch.setattr(databases, "odoo_addons_paths", lambda: ["/srv/odoo"])
        monkeypatch.setattr(databases, "oca_addons_paths", lambda: ["/srv/oca"])
        monkeypatch.setenv("EXTRA_ADDONS", "/srv/a,/srv/b")
        assert databases.addons_path() == f"{paths.ADDONS},/srv/a,/srv/b,/srv/oca,/srv/odoo"


class TestOwnDatabaseServer:
    def test_its_variables_reach_every_program(self, monkeypatch):
        monkeypatch.setenv("PGHOST", "db.example.com")
        monkeypatch.setenv("PGPORT", "5544")
        env = postgres.connection_env()
        assert env["PGHOST"] == "db.example.com"
        assert env["PGPORT"] == "5544"
        assert not postgres.stop_postgres(), "a server that is not ours is never stopped"

    def test_one_that_does_not_answer_is_named_with_the_cure(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PGHOST", str(tmp_path))
        with pytest.raises(SetupError, match="Check PGHOST"):
            postgres.start_postgres()

    def test_an_odd_database_name_is_refused(self, monkeypatch):
        monkeypatch.setattr(tools_run, "DATABASE", 'x"y')
        with pytest.raises(SetupError, match="is no name for the database"):
            tools_run._check_name()


class TestCommands:
    def test_a_missing_program_is_told(self, cache):
        with pytest.raises(SetupError, match="no-such-program is missing"):
            shell.run(["no-such-program", "--version"])

    def test_a_failure_shows_the_end_of_the_output_and_the_log(self, cache):
        code = "print('x' * 10); print('the cause'); raise SystemExit(3)"
        with pytest.raises(SetupError, match="the cause(.|\n)*step.log"):
            shell.run([sys.executable, "-c", code], log="step")
        assert "the cause" in (paths.LOGS / "step.log").read_text()

    def test_a_step_is_done_only_for_the_same_input(self, cache):
        assert not shell.done("odoo", "1")
        shell.mark_done("odoo", "1")
        assert shell.done("odoo", "1")
        assert not shell.done("odoo", "2")

    def test_without_root_the_command_to_type_is_shown(self, monkeypatch):
        monkeypatch.setattr(shell, "is_root", lambda: False)
        with pytest.raises(SetupError, match="sudo apt-get install .* chromium"):
            shell.need_debian_packages({"chromium": "/no/such/*"}, "Browser tests")

    def test_what_is_there_is_not_installed(self, monkeypatch):
        monkeypatch.setattr(shell, "run", lambda *a, **k: pytest.fail("must not install"))
        shell.need_debian_packages({"python3": sys.executable, "coreutils": "ls"}, "Nothing")

    def test_two_set_ups_wait_for_one_another(self, cache):
        code = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "from tools.setup.shell import only_one\n"
            "with only_one('setup'):\n    print('in', flush=True)\n"
        )
        env = {**os.environ, "CRM_BPM_CACHE": str(cache)}
        with shell.only_one("setup"):
            other = subprocess.Popen(
                [sys.executable, "-c", code, str(paths.REPO)], stdout=subprocess.PIPE, env=env
            )
            assert b"waiting" in other.stdout.readline()
            assert other.poll() is None
        out, _err = other.communicate(timeout=20)
        assert out.strip() == b"in"
