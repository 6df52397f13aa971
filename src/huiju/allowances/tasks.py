from procrastinate.contrib.django import app

from huiju.allowances import services
from huiju.kernel import clock


@app.periodic(cron="40 18 * * *")  # 2:40 at night in Xiamen
@app.task(queueing_lock="allowances.recount_nightly")
def recount_nightly(timestamp: int) -> None:
    """Recount the ledger and everything paid from the facts."""
    services.recount_ledger()


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="allowances.watch")
def watch(timestamp: int) -> None:
    """Look every night for what somebody has to look at: deaths, double grants, returned payments."""
    services.watch(at=clock.now())
