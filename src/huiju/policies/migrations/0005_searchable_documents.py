"""Documents recorded before the library was searchable get their folded titles, numbers and initials."""

import re
from unicodedata import normalize

from django.db import migrations
from pypinyin import lazy_pinyin

YEAR = re.compile(r"[〔\[【(（﹝](\d{4})[〕\]】)）﹞](?:第)?")


def folded(text):
    plain = "".join(normalize("NFKC", text).lower().split())
    return YEAR.sub(r"〔\1〕", plain)


def fill(apps, schema_editor):
    for document in apps.get_model("policies", "Document").objects.filter(search_text=""):
        initials = "".join(syllable[:1] for syllable in lazy_pinyin(folded(document.title)))
        parts = [document.title, document.number, *document.aliases, document.issuer, initials]
        document.search_text = " ".join(folded(part) for part in parts if part)
        document.save(update_fields=["search_text"])


class Migration(migrations.Migration):
    dependencies = [("policies", "0004_texts_relations_and_targets")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
