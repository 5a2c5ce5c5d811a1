/**
 * The table and functions of probes, as part of format 1: which machine asks for the limits of an account at this moment,
 * and which has asked last. How old an answer is, is a matter of the clock of the database alone.
 */
export const PROBES = `
CREATE TABLE agentpool.probes (
  provider    text NOT NULL,
  /** The hash of the account's own id. */
  account     text NOT NULL,
  asking      integer REFERENCES agentpool.machines,
  asks_until  timestamptz,
  answered    integer REFERENCES agentpool.machines,
  answered_at timestamptz,
  /** The end of the log of that machine when it had recorded the answer. */
  position    bigint,
  PRIMARY KEY (provider, account)
);

/** Whether this machine is to ask; else which one has asked lately, with the position of its answer, or is asking. */
CREATE FUNCTION agentpool.begin_probe(id uuid, at text, of_provider text, of_account text, fresh_ms float8,
  seconds float8) RETURNS TABLE (granted boolean, by_machine uuid, by_name text, by_position bigint, age_ms float8)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  own integer := agentpool.own_machine(id, at);
  known agentpool.probes;
  moment timestamptz;
BEGIN
  INSERT INTO agentpool.probes (provider, account) VALUES (of_provider, of_account) ON CONFLICT DO NOTHING;
  SELECT * INTO known FROM agentpool.probes WHERE provider = of_provider AND account = of_account FOR UPDATE;
  moment := clock_timestamp();
  granted := false;
  IF known.answered <> own AND known.answered_at > moment - fresh_ms * interval '1 millisecond' THEN
    SELECT machine_id, name INTO by_machine, by_name FROM agentpool.machines WHERE machine = known.answered;
    by_position := known.position;
    age_ms := extract(epoch FROM moment - known.answered_at) * 1000;
  ELSIF known.asking <> own AND known.asks_until > moment THEN
    SELECT machine_id, name INTO by_machine, by_name FROM agentpool.machines WHERE machine = known.asking;
  ELSE
    UPDATE agentpool.probes SET asking = own, asks_until = moment + seconds * interval '1 second'
      WHERE provider = of_provider AND account = of_account;
    granted := true;
  END IF;
  RETURN NEXT;
END $$;

/** Says that this machine asks no more, and, with a position, that it has recorded an answer. */
CREATE FUNCTION agentpool.end_probe(id uuid, at text, of_provider text, of_account text, at_position bigint)
  RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  own integer := agentpool.own_machine(id, at);
BEGIN
  UPDATE agentpool.probes SET asking = NULL, asks_until = NULL
    WHERE provider = of_provider AND account = of_account AND asking = own;
  IF at_position IS NOT NULL THEN
    INSERT INTO agentpool.probes AS p (provider, account, answered, answered_at, position)
      VALUES (of_provider, of_account, own, clock_timestamp(), at_position)
      ON CONFLICT (provider, account) DO UPDATE SET answered = excluded.answered,
        answered_at = excluded.answered_at, position = excluded.position;
  END IF;
END $$;
`.trim();
