"""How long the law has kinds of records kept. Policies are kept for good."""

from django.db import migrations

CLASSES = [
    ("policy", "政策文件", None, "工作依据，长期保存"),
    ("procurement", "政府采购文件", 15, "政府采购法第四十二条：自采购结束之日起至少十五年"),
    ("accounting", "会计凭证", 30, "会计档案管理办法：三十年"),
    ("statistics_raw", "统计原始记录", 2, "统计法实施条例：至少二年"),
    ("statistics_summary", "统计汇总表", 10, "统计法实施条例：至少十年"),
    ("impact_assessment", "个人信息保护影响评估", 3, "个人信息保护法第五十六条：至少三年"),
    ("data_sharing", "数据提供与委托处理记录", 3, "网络数据安全管理条例第十二条：至少三年"),
]


def add(apps, schema_editor):
    retention_class = apps.get_model("documents", "RetentionClass")
    for code, title, years, basis in CLASSES:
        retention_class.objects.create(code=code, title=title, years=years, basis=basis)


def remove(apps, schema_editor):
    codes = [code for code, *_rest in CLASSES]
    apps.get_model("documents", "RetentionClass").objects.filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_row_security")]

    operations = [migrations.RunPython(add, remove)]
