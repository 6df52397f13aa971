"""Invented persons. Identity numbers begin with 350201, a place code nobody holds."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

MARK = "350201"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"

SURNAMES = (
    "陈陈陈陈陈林林林林黄黄黄张张李李王王吴吴郑郑许许洪洪叶叶杨杨刘苏苏蔡蔡曾谢"
    "郭周庄江邱何徐朱罗高潘赖肖邓柯卢傅沈魏施方连颜白石戴廖詹纪余胡赵孙"
)
WOMEN = "雅婷丽芳玉惠敏静淑美燕秀萍琳娟莉珍霞娜晓欣怡佳慧雪梅兰倩云颖"
MEN = "志伟建明国强文辉俊杰海峰宏毅勇斌鹏飞永军耀坤荣华庆生泽宇家豪振东"
SHARED = "子思安和瑞嘉宜清元书亦之景"
EDUCATION = ("高中", "中专", "大专", "大专", "大专", "本科", "本科", "本科", "本科", "硕士")
MAJORS = (
    "社会工作", "社会工作", "行政管理", "公共事业管理", "法学", "汉语言文学", "会计", "心理学",
    "教育学", "工商管理", "护理", "计算机应用", "人力资源管理", "",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    name: str
    sex: str
    born_on: date
    identity: str
    education: str
    major: str
    phone: str


def check_digit(seventeen: str) -> str:
    """The last character of an identity number (GB 11643-1999)."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, seventeen, strict=True))
    return CHECKS[total % 11]


def wrong_check(identity: str) -> str:
    """The same number with a last character that does not fit."""
    return identity[:17] + ("5" if identity[17] != "5" else "6")


class People:
    """Hands out invented persons, no two with the same identity number."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken: set[str] = set()

    def make(self, *, certified_on: date) -> Person:
        """A person of 21 to 55 years on the day of the first certificate."""
        rng = self._rng
        born_on = certified_on - timedelta(days=int(21 * 365.25) + rng.randrange(34 * 365))
        sex = "女" if rng.random() < 0.72 else "男"
        return Person(
            name=self._name(sex),
            sex=sex,
            born_on=born_on,
            identity=self._identity(born_on, sex),
            education=rng.choice(EDUCATION),
            major=rng.choice(MAJORS),
            # mobile numbers beginning with 12 are not issued
            phone=f"120{rng.randrange(10**8):08d}",
        )

    def _name(self, sex: str) -> str:
        rng = self._rng
        given = (WOMEN if sex == "女" else MEN) + SHARED
        name = rng.choice(SURNAMES) + rng.choice(given)
        return name + rng.choice(given) if rng.random() < 0.86 else name

    def _identity(self, born_on: date, sex: str) -> str:
        while True:
            order = self._rng.randrange(0, 998, 2) + (1 if sex == "男" else 2)
            seventeen = f"{MARK}{born_on:%Y%m%d}{order:03d}"
            identity = seventeen + check_digit(seventeen)
            if identity not in self._taken:
                self._taken.add(identity)
                return identity
