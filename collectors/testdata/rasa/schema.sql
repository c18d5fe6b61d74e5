-- Rasa's SQL tracker store, in our own words: one table, with the one index that Rasa makes.
CREATE TABLE events (
    id serial PRIMARY KEY, sender_id varchar(255) NOT NULL, type_name varchar(255) NOT NULL, timestamp double precision, intent_name varchar(255),
    action_name varchar(255), data text
);
CREATE INDEX events_sender ON events (sender_id);
