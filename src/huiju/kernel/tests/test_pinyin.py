import pytest

from huiju.kernel.pinyin import initials, readings, text_reading


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("林小娟", ["lin xiao juan"]),
        ("单小燕", ["shan xiao yan", "dan xiao yan"]),
        ("仇英", ["qiu ying", "chou ying"]),
        ("曾国藩", ["zeng guo fan", "ceng guo fan"]),
        ("解晓东", ["xie xiao dong", "jie xiao dong"]),
        ("欧阳修", ["ou yang xiu"]),
        ("尉迟恭", ["yu chi gong"]),
        ("单于夜", ["chan yu ye"]),
        ("吕布", ["lv bu"]),
        ("买买提·阿凡提", ["mai mai ti a fan ti"]),
        (" 林 小娟 ", ["lin xiao juan"]),
        ("", []),
    ],
)
def test_a_surname_is_read_as_a_surname_and_in_the_common_way(name, read):
    assert [" ".join(syllables) for syllables in readings(name)] == read


def test_initials_are_the_first_letters():
    assert [initials(syllables) for syllables in readings("单小燕")] == ["sxy", "dxy"]


def test_a_text_reads_as_one_word():
    assert text_reading("霞辉 社工A") == "xiahuishegonga"
