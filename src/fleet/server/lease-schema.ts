/** True when the path `a` is the folder of `b`, or `b` itself: as `covers` of src/machines/lease/decide.ts says. */
const covers = (a: string, b: string): string =>
  `(${a} = '' OR ${a} = ${b} OR starts_with(${b}, ${a} || '/'))`;

/** A number for the lock under which a repository is added: 'Repo'. */
const ADDING = 0x5265706f;

/**
 * The tables and functions of leases, as part of format 1.
 *
 * `leases` says which machine may use which path of which repository until when. They are granted under the lock of
 * the repository's row, which has the last fence: a number of a sequence would be drawn before the lock, and could come
 * out after a higher one. Times are `clock_timestamp()`: `now()` is when the transaction began, before it had waited.
 *
 * The workers of one machine in one folder do not exclude each other here: the ledger of that machine decides.
 */
export const LEASES = `
CREATE TABLE agentpool.repositories (
  repository integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  /** Where it is cloned from, without scheme and user; empty if it has no remote. */
  url        text NOT NULL,
  /** Its first commit; empty where only shallow clones have asked. */
  root       text NOT NULL,
  /** The last one that was granted. */
  fence      bigint NOT NULL DEFAULT 0,
  UNIQUE (url, root),
  CHECK (url <> '' OR root <> '')
);

CREATE TABLE agentpool.leases (
  repository integer NOT NULL REFERENCES agentpool.repositories,
  fence      bigint NOT NULL,
  machine    integer NOT NULL REFERENCES agentpool.machines,
  /** The work tree of the repository on that machine. */
  folder     text NOT NULL,
  session    text NOT NULL,
  path       text NOT NULL,
  mode       text NOT NULL CHECK (mode IN ('read', 'write')),
  taken_at   timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (repository, fence),
  UNIQUE (machine, folder, session, path)
);

/** The number of a machine, for its own user and at its own place: a copy of its files must not act for it. */
CREATE FUNCTION agentpool.own_machine(id uuid, at text) RETURNS integer LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  known agentpool.machines;
BEGIN
  SELECT * INTO known FROM agentpool.machines WHERE machine_id = id;
  IF known.machine IS NULL THEN
    RAISE EXCEPTION 'no machine of the fleet has the id %', id USING ERRCODE = 'AP004';
  END IF;
  IF known.role <> session_user THEN
    RAISE EXCEPTION 'the user % acts for %, not %', known.role, known.name, session_user USING ERRCODE = 'AP002';
  END IF;
  IF known.left_at IS NOT NULL THEN
    RAISE EXCEPTION '% has left the fleet', known.name USING ERRCODE = 'AP004';
  END IF;
  IF known.place <> at THEN
    RAISE EXCEPTION '% is shared from another place', known.name USING ERRCODE = 'AP004';
  END IF;
  RETURN known.machine;
END $$;

/** The row of a repository, locked. A shallow clone does not have its first commit: there the URL has to do. */
CREATE FUNCTION agentpool.locked_repository(of_url text, of_root text) RETURNS integer LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found integer;
BEGIN
  FOR attempt IN 1..2 LOOP
    SELECT repository INTO found FROM agentpool.repositories
      WHERE url = of_url AND (root = of_root OR (url <> '' AND (root = '' OR of_root = '')))
      ORDER BY root = of_root DESC, repository LIMIT 1 FOR UPDATE;
    EXIT WHEN found IS NOT NULL;
    -- Of two machines that ask for a new one at once, the second finds what the first has added.
    PERFORM pg_advisory_xact_lock(${ADDING}, hashtext(of_url));
  END LOOP;
  IF found IS NULL THEN
    INSERT INTO agentpool.repositories (url, root) VALUES (of_url, of_root) RETURNING repository INTO found;
  ELSE
    UPDATE agentpool.repositories SET root = of_root WHERE repository = found AND root = '' AND of_root <> '';
  END IF;
  RETURN found;
END $$;

/**
 * Takes a lease, or another one in place of that which the session has on the path; returns its fence, higher than every
 * one before and than \`above\`, or the lease that is in the way.
 */
CREATE FUNCTION agentpool.take_lease(id uuid, at text, of_url text, of_root text, in_folder text, for_session text,
  of_path text, as_mode text, seconds float8, above bigint)
  RETURNS TABLE (taken bigint, holder_machine text, holder_session text, holder_path text, holder_mode text,
    expires_in_ms float8) LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  own integer := agentpool.own_machine(id, at);
  repo integer := agentpool.locked_repository(of_url, of_root);
BEGIN
  DELETE FROM agentpool.leases WHERE repository = repo AND expires_at <= clock_timestamp();
  SELECT m.name, l.session, l.path, l.mode, extract(epoch FROM l.expires_at - clock_timestamp()) * 1000
    INTO holder_machine, holder_session, holder_path, holder_mode, expires_in_ms
    FROM agentpool.leases l JOIN agentpool.machines m USING (machine)
    WHERE l.repository = repo AND (l.machine <> own OR l.folder <> in_folder)
      AND (as_mode = 'write' OR l.mode = 'write')
      AND (${covers('l.path', 'of_path')} OR ${covers('of_path', 'l.path')})
    ORDER BY l.fence LIMIT 1;
  IF NOT FOUND THEN
    -- A machine may have seen higher ones than a database that was set back; no machine may use them all up.
    UPDATE agentpool.repositories SET fence = greatest(fence, least(above, fence + 1000000000)) + 1
      WHERE repository = repo RETURNING fence INTO taken;
    INSERT INTO agentpool.leases (repository, fence, machine, folder, session, path, mode, taken_at, expires_at)
      VALUES (repo, taken, own, in_folder, for_session, of_path, as_mode, clock_timestamp(),
        clock_timestamp() + seconds * interval '1 second')
      ON CONFLICT (machine, folder, session, path) DO UPDATE SET repository = excluded.repository,
        fence = excluded.fence, mode = excluded.mode, taken_at = excluded.taken_at,
        expires_at = excluded.expires_at;
  END IF;
  RETURN NEXT;
END $$;

/** Renews those that have not expired and were not taken again; returns which these are, by their place in the arrays. */
CREATE FUNCTION agentpool.renew_leases(id uuid, at text, folders text[], sessions text[], paths text[],
  fences bigint[], seconds float8[]) RETURNS SETOF integer LANGUAGE sql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE agentpool.leases l SET expires_at = clock_timestamp() + g.seconds * interval '1 second'
  FROM unnest(folders, sessions, paths, fences, seconds) WITH ORDINALITY
    AS g (folder, session, path, fence, seconds, place)
  WHERE l.machine = agentpool.own_machine(id, at) AND l.folder = g.folder AND l.session = g.session
    AND l.path = g.path AND l.fence = g.fence AND l.expires_at > clock_timestamp()
  RETURNING g.place::integer
$$;

/** Releases leases by their fences: one that was taken again meanwhile has another. */
CREATE FUNCTION agentpool.release_leases(id uuid, at text, folders text[], sessions text[], paths text[],
  fences bigint[]) RETURNS void LANGUAGE sql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM agentpool.leases l USING unnest(folders, sessions, paths, fences) AS g (folder, session, path, fence)
  WHERE l.machine = agentpool.own_machine(id, at) AND l.folder = g.folder AND l.session = g.session
    AND l.path = g.path AND l.fence = g.fence
$$;
`.trim();
