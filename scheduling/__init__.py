"""Floor 1: who, where, when. The one model of counsellors and rooms that booking, kiosk and desk share."""
