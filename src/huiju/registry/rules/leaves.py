"""A row of a leave list: who is away, why, and from when until when."""

from datetime import date

from huiju.registry.enums import LeaveKind
from huiju.registry.rules.matching import named_person, warned
from huiju.transfers.enums import RowReason
from huiju.transfers.rules.drafts import Draft
from huiju.transfers.rules.records import Record, Verdict

KINDS = {
    word: kind
    for kind, words in {
        LeaveKind.SICK: "病假 长期病假 医疗期 工伤 工伤假",
        LeaveKind.MATERNITY: "产假 生育假 育儿假 陪产假 护理假",
        LeaveKind.UNPAID: "事假 无薪假 停薪留职 停薪",
        LeaveKind.SECONDMENT: "借调 外借 抽调 挂职 借用",
        LeaveKind.STUDY: "脱产学习 进修 脱产进修 学习",
        LeaveKind.SUSPENSION: "停职 停职检查 停岗 待岗",
        LeaveKind.OTHER: "其他 离岗 请假",
    }.items()
    for word in words.split()
} | {kind.value: kind for kind in LeaveKind}


def judge(record: Record, on: date) -> Verdict:
    """The verdict on one row; `ends_on` is the last day of leave, empty where it goes on."""
    draft = Draft(record)
    warnings = named_person(draft, on)
    draft.choice("kind", KINDS)
    draft.date("starts_on", needed=True)
    draft.date("ends_on")
    starts_on, ends_on = draft.values["starts_on"], draft.values["ends_on"]
    if starts_on and ends_on and ends_on < starts_on:
        draft.refuse(RowReason.DATE_INVALID)
    return warned(draft.verdict(), warnings)
