from procrastinate.contrib.django import app

from huiju.directory.access import acting_as_system
from huiju.kernel import clock
from huiju.statistics import services
from huiju.statistics.catalogue import FIGURES, aims


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="statistics.keep_today")
def keep_today(timestamp: int) -> None:
    """Keep the figures of today, and the days targets were reached, after whatever was written in the last minute."""
    with acting_as_system():
        on, at = clock.today(), clock.now()
        services.keep_figures(list(FIGURES.values()), on=on, at=at)
        services.keep_first_days(aims(on), on=on, at=at)
