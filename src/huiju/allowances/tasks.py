from procrastinate.contrib.django import app

from huiju.allowances import services
from huiju.allowances.services.answers import discard_untaken
from huiju.kernel import clock


@app.periodic(cron="40 18 * * *")  # 2:40 at night in Xiamen
@app.task(queueing_lock="allowances.recount_nightly")
def recount_nightly(timestamp: int) -> None:
    """Recount the ledger and everything paid from the facts."""
    services.recount_ledger()


@app.periodic(cron="17 19 * * *")  # 3:17 at night in Xiamen
@app.task(queueing_lock="allowances.watch")
def watch(timestamp: int) -> None:
    """Look every night for what somebody has to look at: deaths, double grants, returned payments."""
    services.watch(at=clock.now())


@app.periodic(cron="5 20 * * *")  # 4:05 at night in Xiamen
@app.task(queueing_lock="allowances.discard_untaken")
def discard_untaken_answers(timestamp: int) -> None:
    """Remove answers of a bank that were looked at and never taken: they name accounts."""
    discard_untaken(at=clock.now())
