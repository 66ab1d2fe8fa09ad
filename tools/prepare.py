"""`python -m tools.prepare`: bring the database to the newest schema and, in demo mode, load the example data."""

import os
import time

from flask_migrate import upgrade

from demo.seed import seed
from doorway.binding import the_house
from foundation.clock import machine_now
from foundation.settings import Settings
from wsgi import create_app


def main() -> None:
    """Says what was done and how long it took."""
    settings = Settings.from_env(os.environ)
    began = time.perf_counter()
    app = create_app(settings)
    with app.app_context():
        upgrade()
        told = "The schema is up to date."
        if settings.demo:
            told = seed(the_house().database, machine_now(), settings.secret_keys)
    print(f"{told} ({time.perf_counter() - began:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
