-- Let PostgreSQL look at what the deliveries are like now: sessions that planned their questions while there were few would read all of
-- them at each turn.
ANALYZE fortnight.deliveries
