"""A payee sees the runs that have a line about them, from the notice on, and nothing of their papers."""

from django.db import migrations

from huiju.kernel.rowsecurity import EnableRowSecurity


class Migration(migrations.Migration):
    dependencies = [("allowances", "0008_archives")]

    operations = [
        EnableRowSecurity("allowances", name)
        for name in ("Run", "RunStep", "Notice", "BankFile", "Archive")
    ]
