from django.conf import settings
from procrastinate.contrib.django import app

from huiju.audit import services
from huiju.kernel import clock


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="audit.anchor_hourly")
def anchor_hourly(timestamp: int) -> None:
    anchor = services.make_anchor(at=clock.now())
    for folder in settings.AUDIT_ANCHOR_FOLDERS:
        services.keep_anchor(folder, anchor=anchor)
