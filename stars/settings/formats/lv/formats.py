"""How the admin writes days and moments: as every other page does (screens.md 1). What is not here stays Django's."""

DATE_FORMAT = SHORT_DATE_FORMAT = "d.m.Y."
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "d.m.Y H:i"
DATE_INPUT_FORMATS = ["%d.%m.%Y.", "%d.%m.%Y", "%Y-%m-%d"]  # the first is what the calendar of the admin writes
