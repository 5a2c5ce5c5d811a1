/** The tables of the database, all in the schema `agentpool`. Raised with every migration. */
export const FLEET_FORMAT = 1;

/** What is notified when a machine has added to its log: the number of the machine. */
export const CHANNEL = 'agentpool';

/** The columns of an event besides its machine, in the order in which its hash covers them, and their types. */
export const COLUMNS = [
  ['position', 'bigint'],
  ['event_id', 'text'],
  ['stream_id', 'text'],
  ['stream_version', 'bigint'],
  ['type', 'text'],
  ['schema_version', 'integer'],
  ['occurred_at', 'text'],
  ['recorded_at', 'text'],
  ['command_id', 'text'],
  ['causation_id', 'text'],
  ['correlation_id', 'text'],
  ['actor', 'text'],
  ['payload', 'text'],
  ['metadata', 'text'],
] as const;

const NULLABLE: readonly string[] = ['command_id', 'causation_id', 'correlation_id'];

/** A value as JSON.stringify writes it. */
const asJson = ([name, type]: (typeof COLUMNS)[number]): string => {
  const json = type === 'text' ? `to_json(e.${name})::text` : `e.${name}`;
  return NULLABLE.includes(name) ? `coalesce(${json}, 'null')` : json;
};

const columns = COLUMNS.map(
  ([name, type]) => `  ${name} ${type}${NULLABLE.includes(name) ? '' : ' NOT NULL'},`,
).join('\n');

/**
 * Format 1.
 *
 * - `machines` has one row for each log of the fleet, with its end. Only the user of the database who began a log adds
 *   to it.
 * - `events` has those logs byte for byte: \`payload\` and \`metadata\` are texts, since jsonb would change them. A batch
 *   belongs to one machine, begins where its log ends and has no gaps, and each hash follows from the one before and
 *   the row, as the machine itself computes it (src/events/chain/links.ts). Therefore no program can ship an event
 *   twice, leave one out or change one.
 * - The end of a log moves in the transaction of the batch. Two shippers of one log exclude each other by its row.
 */
const FORMAT_1 = `
CREATE SCHEMA agentpool;
CREATE TABLE agentpool.fleet (
  only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  format     integer NOT NULL,
  fleet_id   uuid NOT NULL DEFAULT gen_random_uuid(),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO agentpool.fleet (format) VALUES (1);

CREATE TABLE agentpool.machines (
  machine    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  machine_id uuid NOT NULL UNIQUE,
  name       text NOT NULL,
  role       name NOT NULL,
  /** From where it is shared: the host and the folder, hashed. */
  place      text NOT NULL,
  version    text NOT NULL,
  position   bigint NOT NULL DEFAULT 0,
  hash       bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
  joined_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  /** How far its clock is ahead of that of the database, in milliseconds. */
  ahead_ms   bigint NOT NULL DEFAULT 0,
  left_at    timestamptz
);
CREATE UNIQUE INDEX machines_by_name ON agentpool.machines (name) WHERE left_at IS NULL;

CREATE TABLE agentpool.events (
  machine integer NOT NULL REFERENCES agentpool.machines,
${columns}
  hash bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (machine, position)
);

CREATE FUNCTION agentpool.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log of a machine is append-only' USING ERRCODE = 'AP001';
END $$;
CREATE TRIGGER events_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON agentpool.events
  FOR EACH STATEMENT EXECUTE FUNCTION agentpool.refuse();

CREATE FUNCTION agentpool.row_text(e agentpool.events) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT '[' || ${COLUMNS.map(asJson).join(` || ',' || `)} || ']'
$$;

CREATE FUNCTION agentpool.check_batch() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  batch record;
  log agentpool.machines;
  wrong bigint;
BEGIN
  SELECT count(*) AS events, count(DISTINCT machine) AS machines, min(machine) AS machine,
    min(position) AS first, max(position) AS last INTO batch FROM added;
  IF batch.events = 0 THEN RETURN NULL; END IF;
  IF batch.machines > 1 THEN
    RAISE EXCEPTION 'a batch has the events of one machine' USING ERRCODE = 'AP001';
  END IF;
  SELECT * INTO log FROM agentpool.machines WHERE machine = batch.machine FOR UPDATE;
  IF log.role <> session_user THEN
    RAISE EXCEPTION 'the log of % is written by the user %, not by %', log.name, log.role, session_user
      USING ERRCODE = 'AP002';
  END IF;
  IF log.left_at IS NOT NULL THEN
    RAISE EXCEPTION '% has left the fleet', log.name USING ERRCODE = 'AP001';
  END IF;
  IF batch.first <> log.position + 1 OR batch.last - batch.first + 1 <> batch.events THEN
    RAISE EXCEPTION 'the log of % ends at %, and events % to % were sent (%)',
      log.name, log.position, batch.first, batch.last, batch.events USING ERRCODE = 'AP001';
  END IF;
  SELECT position INTO wrong FROM (
    SELECT e.position, e.hash, lag(e.hash, 1, log.hash) OVER (ORDER BY e.position) AS before,
      convert_to(agentpool.row_text(e), 'UTF8') AS content
    FROM added e
  ) AS linked
  WHERE hash <> sha256(before || sha256(content)) AND hash <> sha256(before || content)
  ORDER BY position LIMIT 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'event % of % is not what its hash was made of', wrong, log.name USING ERRCODE = 'AP001';
  END IF;
  UPDATE agentpool.machines SET position = batch.last, seen_at = clock_timestamp(),
    hash = (SELECT e.hash FROM added e WHERE e.position = batch.last)
  WHERE machine = batch.machine;
  PERFORM pg_notify('${CHANNEL}', batch.machine::text);
  RETURN NULL;
END $$;
CREATE TRIGGER events_go_on AFTER INSERT ON agentpool.events
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION agentpool.check_batch();

/** Adds a machine, or changes the name, the place and the version of one that this user has added. */
CREATE FUNCTION agentpool.join_fleet(id uuid, named text, at text, with_version text) RETURNS integer LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  known agentpool.machines;
  added integer;
BEGIN
  SELECT * INTO known FROM agentpool.machines WHERE machine_id = id FOR UPDATE;
  IF known.role <> session_user THEN
    RAISE EXCEPTION 'the log of % is written by the user %, not by %', known.name, known.role, session_user
      USING ERRCODE = 'AP002';
  END IF;
  IF known.machine IS NULL THEN
    -- Its predecessor in the same place: a ledger that was removed, or a join that was cut short.
    UPDATE agentpool.machines SET left_at = clock_timestamp()
      WHERE name = named AND place = at AND role = session_user AND left_at IS NULL;
    INSERT INTO agentpool.machines (machine_id, name, role, place, version)
      VALUES (id, named, session_user, at, with_version) RETURNING machine INTO added;
    RETURN added;
  END IF;
  UPDATE agentpool.machines
    SET name = named, place = at, version = with_version, seen_at = clock_timestamp(), left_at = NULL
    WHERE machine = known.machine;
  RETURN known.machine;
EXCEPTION WHEN unique_violation THEN
  RAISE EXCEPTION 'another machine of the fleet has the name %', named USING ERRCODE = 'AP003';
END $$;

/** Says that a machine is there, and what time it is there. */
CREATE FUNCTION agentpool.present(number integer, with_version text, its_time timestamptz) RETURNS void LANGUAGE sql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE agentpool.machines SET seen_at = clock_timestamp(), version = with_version,
    ahead_ms = (extract(epoch FROM its_time - clock_timestamp()) * 1000)::bigint
  WHERE machine = number AND role = session_user
$$;

CREATE FUNCTION agentpool.leave_fleet(id uuid) RETURNS void LANGUAGE sql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE agentpool.machines SET left_at = clock_timestamp()
  WHERE machine_id = id AND role = session_user AND left_at IS NULL
$$;
/** Files of workers that a person has shared, by what they contain. */
CREATE TABLE agentpool.artifacts (
  sha256    bytea PRIMARY KEY,
  content   bytea NOT NULL,
  machine   integer NOT NULL REFERENCES agentpool.machines,
  shared_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (sha256(content) = sha256)
);
CREATE FUNCTION agentpool.share_artifact(id uuid, bytes bytea) RETURNS void LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  log agentpool.machines;
BEGIN
  SELECT * INTO log FROM agentpool.machines WHERE machine_id = id AND role = session_user AND left_at IS NULL;
  IF log.machine IS NULL THEN
    RAISE EXCEPTION 'the user % has no such machine in the fleet', session_user USING ERRCODE = 'AP002';
  END IF;
  INSERT INTO agentpool.artifacts (sha256, content, machine) VALUES (sha256(bytes), bytes, log.machine)
    ON CONFLICT DO NOTHING;
END $$;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA agentpool FROM PUBLIC;
`;

/** The statements that lead from each format to the next one; the first of them from an empty database. */
export const MIGRATIONS: readonly string[] = [FORMAT_1];

/** What a machine of the fleet may do, for the user of the database that it connects with. `role` is quoted. */
export const grantsTo = (role: string): string => `
GRANT USAGE ON SCHEMA agentpool TO ${role};
GRANT SELECT ON ALL TABLES IN SCHEMA agentpool TO ${role};
GRANT INSERT ON agentpool.events TO ${role};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA agentpool TO ${role};
`;
