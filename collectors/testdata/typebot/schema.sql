-- The tables of Typebot that Fortnight reads, in our own words: only the columns that a mapping names, and the indexes that Typebot makes itself
-- on them. Times bear no zone and mean UTC.
CREATE TABLE "Workspace" (id text PRIMARY KEY, name text NOT NULL);
CREATE TABLE "Typebot" (id text PRIMARY KEY, name text NOT NULL, "workspaceId" text NOT NULL, groups jsonb NOT NULL DEFAULT '[]', edges jsonb NOT NULL DEFAULT '[]');
CREATE INDEX bots_of_a_workspace ON "Typebot" ("workspaceId");
CREATE TABLE "PublicTypebot" ("typebotId" text UNIQUE NOT NULL, groups jsonb NOT NULL, edges jsonb NOT NULL);
CREATE TABLE "Result" (
    id text PRIMARY KEY, "typebotId" text NOT NULL, "createdAt" timestamp(3) NOT NULL, "isCompleted" boolean NOT NULL DEFAULT false, "hasStarted" boolean,
    "isArchived" boolean DEFAULT false
);
CREATE INDEX results_begun ON "Result" ("typebotId", "hasStarted", "createdAt" DESC);
CREATE INDEX results_completed ON "Result" ("typebotId", "isCompleted");
CREATE TABLE "AnswerV2" (id serial PRIMARY KEY, "createdAt" timestamp(3) NOT NULL, "blockId" text NOT NULL, content text NOT NULL, "resultId" text NOT NULL);
CREATE INDEX answers_to_a_block ON "AnswerV2" ("blockId");
CREATE TABLE "Answer" ("createdAt" timestamp(3) NOT NULL, "resultId" text NOT NULL, "blockId" text NOT NULL, "groupId" text NOT NULL, content text NOT NULL);
CREATE UNIQUE INDEX answers_by_result ON "Answer" ("resultId", "blockId", "groupId");
CREATE TABLE "VisitedEdge" ("resultId" text NOT NULL, "edgeId" text NOT NULL, index integer NOT NULL);
CREATE UNIQUE INDEX edges_by_result ON "VisitedEdge" ("resultId", index);
