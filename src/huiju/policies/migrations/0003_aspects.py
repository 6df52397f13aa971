"""The six aspects under which the city sorts its policies for social work."""

from django.db import migrations

ASPECTS = ["人才培养", "人才评价", "岗位开发", "激励保障", "购买服务", "机构与阵地"]


def add(apps, schema_editor):
    aspect = apps.get_model("policies", "Aspect")
    for position, title in enumerate(ASPECTS, 1):
        aspect.objects.create(title=title, position=position)


def remove(apps, schema_editor):
    apps.get_model("policies", "Aspect").objects.filter(title__in=ASPECTS).delete()


class Migration(migrations.Migration):
    dependencies = [("policies", "0002_fact_tables")]

    operations = [migrations.RunPython(add, remove)]
