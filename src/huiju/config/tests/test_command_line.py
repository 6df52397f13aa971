"""What a bureau's operator reads when a command was written wrongly: Chinese, with status 2."""

import errno
import gettext
import json
import os
import re
import sys
from subprocess import CalledProcessError

import psycopg
import pytest
from django.conf import settings
from django.core.management import get_commands

from huiju.config import cli, external, lifecycle, running, words
from huiju.config.faults import child_fault, file_fault
from huiju.config.instance import APP, Instance
from huiju.config.settings import Environment, instance
from huiju.directory.tests.factories import make_user

ENGLISH = re.compile(r"\b(error|argument|usage|invalid|required|expected|unrecognized)\b")


@pytest.fixture(autouse=True)
def in_chinese(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.delenv("HUIJU_LANGUAGE", raising=False)
    before = gettext.textdomain()
    words.speak()
    yield
    gettext.textdomain(before)


@pytest.fixture
def huiju(monkeypatch, capfd, tmp_path):
    """Run the command as a shell does; its status and what it says."""

    def run(*typed, **environment):
        monkeypatch.setenv("HUIJU_HOME", str(tmp_path / "instance"))
        monkeypatch.setenv("HUIJU_DATABASE_URL", "")
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["huiju", *typed])
        with pytest.raises(SystemExit) as ending:
            cli.main()
        return ending.value.code, capfd.readouterr().err

    return run


@pytest.fixture
def managed(capfd, db):
    """Run a management command as `huiju` does once the database is up."""

    def run(called, *typed):
        try:
            status = running.run_command([*typed], called)
        except SystemExit as ending:
            status = ending.code
        return status, capfd.readouterr().err

    return run


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["nonsense"], "没有命令“nonsense”"),
        (["import"], "“huiju import”后面要写以下之一：roster"),
        (["user", "nonsense"], "add reset"),
        (["serve", "--port", "ninety"], "“ninety”不是端口"),
        (["serve", "--port", "70000"], "“70000”不是端口"),
        (["demo", "--nonsense"], "多出不认识的内容：--nonsense"),
        (["init", "more"], "多出不认识的内容：more"),
        (["allowances", "replay"], "缺少必填项：CASES.json"),
        (["allowances", "replay", "/nowhere.json"], "/nowhere.json"),
        (["audit", "verify", "LOG"], "缺少必填项：--anchor"),
        (["figures"], "还没有实例。请先运行 huiju init"),
        (["serve"], "还没有实例"),
        (["worker"], "还没有实例"),
    ],
)
def test_wrong_words_are_told_in_chinese(huiju, typed, said):
    status, told = huiju(*typed)

    assert (status, said in told, ENGLISH.findall(told)) == (2, True, [])


def test_a_home_that_is_a_file_is_named(huiju, tmp_path):
    (tmp_path / "file").write_text("")

    status, told = huiju("init", HUIJU_HOME=str(tmp_path / "file"))

    assert (status, f"“{tmp_path / 'file'}”是文件，这里需要文件夹" in told) == (2, True)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense", "HUIJU_DATABASE_URL 无法识别"),
        ("postgresql://u:p@127.0.0.1:port/huiju", "HUIJU_DATABASE_URL 无法识别"),
        ("postgresql://u:p@127.0.0.1:5432", "HUIJU_DATABASE_URL 无法识别"),
        ("postgresql://u:p@nowhere.invalid/huiju", "找不到主机“nowhere.invalid”"),
        ("postgresql://u:p@127.0.0.1:1/huiju", "“127.0.0.1”端口 1 没有应答"),
    ],
)
def test_init_says_what_is_wrong_with_the_database_address(huiju, tmp_path, address, said):
    status, told = huiju("init", HUIJU_DATABASE_URL=address)

    assert (status, said in told, (tmp_path / "instance").exists()) == (2, True, False)


@pytest.fixture
def served():
    """How the tests' own server is reached, as the serving role."""
    login = instance.login(APP)
    return {
        "host": login.host,
        "user": login.user,
        "password": login.password,
        "dbname": "postgres",
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "wrong"}, "用户或密码不对"),
        ({"dbname": "nowhere"}, "没有数据库“nowhere”"),
        ({}, "不是超级用户"),
    ],
)
def test_a_server_that_does_not_let_us_set_up_says_why(db, served, change, said):
    dsn = psycopg.conninfo.make_conninfo(**served | change)

    with pytest.raises(external.PostgresUnavailable, match=said):
        external.check_for_setting_up(dsn, Instance(settings.HUIJU_HOME))


def test_a_server_that_is_too_old_is_refused(db, served, monkeypatch):
    monkeypatch.setattr(external, "OLDEST", 99)

    with pytest.raises(external.PostgresUnavailable, match="汇聚需要 99 或更高版本"):
        external.check_for_setting_up(
            psycopg.conninfo.make_conninfo(**served), Instance(settings.HUIJU_HOME)
        )


def test_an_instance_made_for_another_database_is_told_so(tmp_path):
    elsewhere = Instance(tmp_path, "postgresql://db.example.gov.cn/huiju")

    with pytest.raises(external.PostgresUnavailable, match="这个实例不是为那个数据库建立的"):
        external.check_for_serving(elsewhere)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["figure", "registry.certified", "--on", "2015-02-30"], "“2015-02-30”不是日期"),
        (["figure", "nothing", "--on", "2015-12-31"], "nothing"),
        (["figure", "registry.certified"], "缺少必填项：--on"),
        (["publish", "--on", "2015-12-31", "--by", "nobody"], "没有用户“nobody”"),
        (["publish"], "以下要写一项：--on --bulletin"),
        (["publish", "--bulletin", "15"], "“15”不是年份"),
        (["bulletin", "soon"], "“soon”不是年份"),
        (["bulletin", "2015", "--pdf", "/nowhere/b.pdf"], "“/nowhere/b.pdf”所在的文件夹不存在"),
        (["lake", __file__], "是文件，请写文件夹"),
        (["audit_export", "--since", "yesterday"], "“yesterday”不是日期"),
        (["audit_export", "--since", "2015-01-01", "--until-anchor", __file__], "不是锚点文件"),
        (["audit_anchor", "--algorithm", "SM2"], "SM2"),
        (["user_add", "lin", "--role", "king"], "没有 'king' 这一项"),
        (["user_add", "lin", "--role", "city", "--place", "nowhere"], "“nowhere”不存在"),
        (["user_reset", "nobody"], "没有用户“nobody”"),
        (["import_file", "roster", "/nowhere.xlsx"], "没有文件“/nowhere.xlsx”"),
        (["import_file", "roster", "/tmp"], "“/tmp”是文件夹"),
        (["import_file", "roster", __file__, "--as", "nobody"], "没有用户“nobody”"),
        (["allowances_compute", "2015-13", "--as", "lin"], "“2015-13”不是月份"),
        (["allowances_compute", "2015-10", "--as", "nobody"], "没有用户“nobody”"),
        (["allowances_compute", "2015-10", "--as", "lin", "--place", "nowhere"], "“nowhere”不存在"),
        (["allowances_scheme", __file__, "--as", "lin"], "不是 UTF-8 编码的 JSON"),
        (["nonsense"], "没有命令“nonsense”"),
    ],
)
def test_what_names_nothing_is_told_in_chinese_with_status_2(managed, typed, said):
    make_user("district", "350203", username="lin")

    status, told = managed("command", *typed)

    assert (status, said in told, ENGLISH.findall(told)) == (2, True, [])


def test_what_the_records_refuse_has_status_1(managed):
    make_user("worker", "350203", username="lin")

    status, told = managed("allowances compute", "allowances_compute", "2015-10", "--as", "lin")

    assert (status, told) == (1, "您的岗位不包括计算津贴。\n")


OURS = sorted(name for name, app in get_commands().items() if str(app).startswith("huiju."))


@pytest.mark.parametrize("name", OURS)
def test_every_command_explains_itself_in_chinese(capfd, name):
    with pytest.raises(SystemExit) as ending:
        running.run_command([name, "--help"], name)

    told = capfd.readouterr().out
    help_of_words = re.findall(r"^ +[a-z-].*?  +(\S.*)$", told, re.MULTILINE)
    assert (ending.value.code, ENGLISH.findall(told)) == (0, [])
    assert [words for words in help_of_words if not re.search(r"[一-鿿]", words)] == []


def test_a_wrong_setting_is_named(capfd):
    with pytest.raises(SystemExit) as ending, running._settings_in_words():
        Environment(import_max_mb="many")

    assert ending.value.code == 2
    assert "环境变量 HUIJU_IMPORT_MAX_MB=many 不能用" in capfd.readouterr().err


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC, errno.ENOTDIR])
def test_a_disk_that_refuses_is_told_with_its_path(number):
    told = file_fault(OSError(number, "in English", "/srv/huiju/keys"))

    assert ("“/srv/huiju/keys”" in told, "in English" in told) == (True, False)


def test_a_step_that_failed_is_named():
    ended = CalledProcessError(1, ["python", "-m", "huiju.config", "manage", "migrate"])

    assert child_fault(ended) == "步骤“migrate”没有完成，原因见上。"


def test_the_language_of_the_instance_is_followed(huiju):
    status, told = huiju("nonsense", HUIJU_LANGUAGE="en")

    assert (status, told.splitlines()[0]) == (2, "There is no command “nonsense”.")


def test_an_instance_that_is_served_is_not_served_twice(tmp_path, monkeypatch):
    serving = {"port": 8123, "serve": 0, "web": os.getpid(), "worker": 0}
    (tmp_path / "serving.json").write_text(json.dumps(serving))
    monkeypatch.setattr(lifecycle, "_is_ours", lambda pid: pid == os.getpid())

    with pytest.raises(lifecycle.NotReady, match=r"http://127\.0\.0\.1:8123/"):
        lifecycle._refuse_second(Instance(tmp_path))
    (tmp_path / "serving.json").write_text(json.dumps(serving | {"web": 0}))

    lifecycle._refuse_second(Instance(tmp_path))


def test_status_of_nothing_is_json(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("HUIJU_HOME", str(tmp_path))

    cli.run(["status"])

    assert json.loads(capsys.readouterr().out)["initialised"] is False
