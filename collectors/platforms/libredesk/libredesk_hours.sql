-- Helper: the platform's table of business hours. In quotes, and here alone, so that it is not taken for the relation of the same name.
SELECT h.id, h.is_always_open, h.hours, h.holidays
FROM "business_hours" h
