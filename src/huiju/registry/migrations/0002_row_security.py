from django.db import migrations

from huiju.kernel.rowsecurity import EnableRowSecurity


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [
        EnableRowSecurity("registry", "Post"),
        EnableRowSecurity("registry", "Person"),
        EnableRowSecurity("registry", "IdentityDocument"),
        EnableRowSecurity("registry", "SearchKey"),
        EnableRowSecurity("registry", "Certificate"),
    ]
