"""The roster as a sheet: its columns under all the names offices give them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiju.directory import queries as directory
from huiju.directory.enums import PlaceKind
from huiju.directory.models import Place, User
from huiju.registry import services
from huiju.registry.enums import ROSTER_SUGGESTIONS, RosterReason
from huiju.registry.rules.places import Gazetteer, PlaceName
from huiju.registry.rules.roster import VALUES, RosterAcross, RosterTerms, judge
from huiju.transfers.enums import ROW_SUGGESTIONS, RowReason
from huiju.transfers.rules.columns import Column, Sheet
from huiju.transfers.rules.rows import Applied, Staged

COLUMNS = (
    Column(
        "name",
        "姓名",
        tuple(
            [
                "社工姓名",
                "人员姓名",
                "持证人姓名",
                "持证人",
                "社会工作者姓名",
                "员工姓名",
                "名字",
                "人员名称",
            ]
        ),
        required=True,
    ),
    Column("sex", "性别", choices=("男", "女")),
    Column(
        "id_type",
        "身份证件类型",
        tuple(
            [
                "证件类型",
                "证件种类",
                "身份证类型",
                "有效证件类型",
                "身份证件种类",
                "证件类别",
                "证件名称",
            ]
        ),
        choices=(
            "居民身份证",
            "港澳台居民居住证",
            "港澳居民来往内地通行证",
            "台湾居民来往大陆通行证",
            "外国人永久居留身份证",
        ),
    ),
    Column(
        "id_no",
        "证件号码",
        tuple(
            [
                "身份证号",
                "身份证号码",
                "身份证件号码",
                "公民身份号码",
                "证件号",
                "身份证",
                "居民身份证号",
                "居民身份证号码",
                "身份号码",
                "有效证件号码",
                "公民身份证号码",
                "身份证件号",
                "居民身份证",
                "身份证证件号码",
                "身份证(证件)号码",
                "证件号码(身份证)",
            ]
        ),
        required=True,
        as_text=True,
    ),
    Column("education", "学历", tuple(["文化程度", "最高学历", "学历层次"])),
    Column(
        "employer",
        "单位",
        tuple(
            [
                "工作单位",
                "所在单位",
                "单位名称",
                "用人单位",
                "现工作单位",
                "任职单位",
                "服务单位",
                "所在机构",
                "机构名称",
                "工作单位名称",
                "所属单位",
                "就职单位",
                "单位全称",
                "所属机构",
                "所在工作单位",
                "工作机构",
            ]
        ),
    ),
    Column(
        "employer_kind",
        "单位类型",
        tuple(["单位性质", "机构类型", "单位类别", "单位属性"]),
        choices=("社区", "社工机构", "事业单位", "机关", "其他"),
    ),
    Column(
        "district",
        "所在区",
        tuple(
            [
                "区",
                "区县",
                "所属区",
                "行政区",
                "所在区县",
                "辖区",
                "所属区县",
                "区名",
                "工作所在区",
                "所在行政区",
                "所在区/街道/社区",
                "所在区街道",
                "所属辖区",
                "县区",
                "区域",
                "区别",
                "行政区划",
                "所属行政区",
            ]
        ),
    ),
    Column(
        "street",
        "街道",
        tuple(
            [
                "所在街道",
                "街道镇",
                "镇街",
                "所属街道",
                "街镇",
                "镇街道",
                "所在镇街",
                "乡镇街道",
                "街道乡镇",
                "所在街道镇",
                "所属镇街",
                "街道名称",
                "所在镇街道",
                "所属街道镇",
                "镇(街)",
                "街(镇)",
            ]
        ),
        ("街道社区", "所在街道社区"),
    ),
    Column(
        "community",
        "社区",
        tuple(["所在社区", "所属社区", "村居", "社区村", "村社区", "社区村居", "社区名称"]),
    ),
    Column(
        "title",
        "岗位",
        tuple(["岗位名称", "工作岗位"]),
        tuple(["职务", "职位", "岗位职务", "现任职务"]),
    ),
    Column(
        "established",
        "在编情况",
        tuple(["是否在编", "编制", "编制情况", "人员性质", "编制性质", "用工性质", "是否有编制"]),
        choices=("在编", "非在编"),
    ),
    Column("field", "服务领域", tuple(["工作领域", "领域", "从事领域"])),
    Column(
        "level",
        "证书级别",
        tuple(
            [
                "持证级别",
                "资格级别",
                "证书等级",
                "职业资格级别",
                "职业水平级别",
                "资格证书级别",
                "社工证级别",
                "社工证书级别",
                "资格等级",
                "职业资格等级",
                "职业水平等级",
                "持证等级",
                "获证级别",
                "社会工作者职业资格级别",
                "证书级别名称",
                "社工级别",
            ]
        ),
        tuple(
            [
                "级别",
                "等级",
                "证书名称",
                "资格名称",
                "职业资格名称",
                "证书类别",
                "证书类型",
                "持证类别",
                "持证类型",
                "持证情况",
                "职业资格",
                "职业水平",
            ]
        ),
        required=True,
        choices=("助理社会工作师", "社会工作师", "高级社会工作师"),
    ),
    Column(
        "certificate_no",
        "证书编号",
        tuple(["证书号", "证书号码", "资格证书编号", "资格证书号", "证书编码", "职业资格证书编号"]),
        as_text=True,
    ),
    Column(
        "management_no",
        "管理号",
        tuple(["证书管理号", "管理编号", "资格证书管理号", "证书管理编号"]),
        as_text=True,
    ),
    Column(
        "cert_date",
        "批准日期",
        tuple(["证书批准日期", "批准时间", "证书批准时间", "批准年月日"]),
        tuple(
            [
                "取得日期",
                "取得时间",
                "取证日期",
                "取证时间",
                "取得证书时间",
                "取得证书日期",
                "证书取得时间",
                "证书取得日期",
                "获证日期",
                "获证时间",
                "获得证书时间",
                "获得时间",
                "获取时间",
                "持证日期",
                "持证时间",
                "通过日期",
                "通过时间",
                "发证日期",
                "发证时间",
                "签发日期",
                "证书签发日期",
                "颁发日期",
                "颁证日期",
                "证书日期",
                "证书时间",
            ]
        ),
        required=True,
        hint="2014-06-22",
    ),
    Column(
        "post_start",
        "到岗日期",
        tuple(
            [
                "任职日期",
                "上岗日期",
                "入职日期",
                "到岗时间",
                "上岗时间",
                "入职时间",
                "任职时间",
                "在岗起始日期",
                "岗位开始日期",
                "起始日期",
                "任职起始日期",
                "到职日期",
                "聘用日期",
                "聘用时间",
                "任职开始日期",
                "在岗开始日期",
                "开始日期",
                "到任日期",
                "任现职时间",
                "在岗起始",
                "任职起始",
                "起始时间",
                "开始时间",
                "参加社区工作时间",
                "从事社区工作时间",
            ]
        ),
        hint="2012-03-01",
    ),
    Column(
        "post_end",
        "离岗日期",
        tuple(
            [
                "离职日期",
                "离岗时间",
                "离职时间",
                "任职结束日期",
                "在岗结束日期",
                "岗位结束日期",
                "终止日期",
                "结束日期",
                "截止日期",
                "离任日期",
                "任职终止日期",
                "在岗截止",
                "任职截止",
                "结束时间",
                "终止时间",
                "截止时间",
            ]
        ),
    ),
    Column(
        "phone",
        "联系电话",
        tuple(["手机", "手机号", "电话", "手机号码", "联系方式", "联系号码"]),
        as_text=True,
    ),
)
KNOWN = frozenset(
    [
        "序号",
        "编号",
        "备注",
        "出生日期",
        "出生年月",
        "年龄",
        "民族",
        "政治面貌",
        "籍贯",
        "户籍",
        "专业",
        "所学专业",
        "毕业院校",
        "毕业学校",
        "院校",
        "登记状态",
        "登记有效期至",
        "登记有效期",
        "登记证书编号",
        "登记时间",
        "首次登记时间",
        "是否登记",
        "邮箱",
        "电子邮箱",
        "通讯地址",
        "地址",
        "家庭住址",
        "微信",
        "QQ",
        "签名",
        "照片",
        "职称",
        "开户行",
        "银行",
        "账号",
        "银行卡号",
        "参加工作时间",
        "工作年限",
        "继续教育学时",
        "学时",
        "说明",
        "其他",
        "合计",
        "工龄",
        "婚姻状况",
        "是否持证",
        "户口所在地",
        "社保情况",
        "NO",
        "行号",
        "结果",
        "原因",
        "建议",
        "登记情况",
        "考试年度",
        "考试时间",
        "出生年月日",
        "身份",
        "单位地址",
    ]
)


def roster_terms(by: User | None, on: date) -> RosterTerms:
    """Places and rights against which rows are judged; without a user every district is allowed."""
    places = list(Place.objects.order_by("starts_on", "pk"))
    districts = [place for place in places if place.kind == PlaceKind.DISTRICT]
    city = next((place.name for place in places if place.kind == PlaceKind.CITY), "")
    book = Gazetteer.of(city, _names(places, on))
    if by is None:
        return RosterTerms(on, book)
    held = directory.places_held(by, "transfers.import", on=on)
    allowed = {one.code for one in districts if any(place.covers(one) for place in held)}
    if any(place.kind == PlaceKind.CITY for place in held):
        return RosterTerms(on, book)
    home = allowed.pop() if len(allowed) == 1 else ""
    return RosterTerms(on, book, frozenset(allowed | {home} - {""}), home)


def _names(places: list[Place], on: date) -> list[PlaceName]:
    """Each name once in a district: the place in force on the day before former ones."""
    best: dict[tuple[str, str], Place] = {}
    for place in places:
        if place.kind not in (PlaceKind.DISTRICT, PlaceKind.STREET):
            continue
        key = _district_code(place), place.name
        ended = place.ends_on is not None and place.ends_on <= on
        if key not in best or not ended:
            best[key] = place
    return [PlaceName(p.code, p.name, _district_code(p)) for p in best.values()]


def _district_code(place: Place) -> str:
    return place.path.rstrip("/").split("/")[1]


def apply_rows(
    rows: Sequence[Staged], *, by: User | None, at: datetime, import_id: int
) -> list[Applied]:
    """Hand accepted rows to the registry."""
    results = services.apply_roster(
        [_roster_row(row) for row in rows], by=by, at=at, import_id=import_id
    )
    return [Applied(result.outcome, result.reason, result.message) for result in results]


def _roster_row(row: Staged) -> services.RosterRow:
    said: dict[str, Any] = {key: value for key, value in row.values.items() if value}
    for key in ("cert_date", "post_start", "post_end"):
        said[key] = date.fromisoformat(said[key]) if key in said else None
    if RosterReason.STREET_UNKNOWN in row.reasons:
        said.pop("street", None)
    details = {key: row.details[key] for key in row.details if key in TAKEN_DETAILS}
    return services.RosterRow(**said, **details)


TAKEN_DETAILS = frozenset(
    [
        "sex",
        "employer_kind",
        "title",
        "established",
        "field",
        "phone",
        "certificate_no",
        "management_no",
    ]
)

ROSTER = Sheet(
    code="roster",
    title=_("Roster of certified social workers"),
    columns=COLUMNS,
    judge=judge,
    keys=("name", "id_no", "level", "cert_date"),
    values=VALUES,
    reasons={
        reason.value: (reason.label, suggestions[reason])
        for reasons, suggestions in (
            (RowReason, ROW_SUGGESTIONS),
            (RosterReason, ROSTER_SUGGESTIONS),
        )
        for reason in reasons
    },
    context=roster_terms,
    apply=apply_rows,
    undo=services.undo_roster,
    across=RosterAcross,
    known=KNOWN,
)
