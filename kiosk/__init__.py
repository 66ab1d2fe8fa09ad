"""The kiosk door: tablets and waiting-room displays of a centre, paired with it."""
