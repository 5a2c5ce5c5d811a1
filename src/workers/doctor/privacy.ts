import Type, { type Static } from 'typebox';
import type { UsageSource } from '../../agents/contract/limits/reading.ts';
import type { Paths } from '../../config/paths.ts';
import { AGENT_IDS } from '../../config/provider-ids.ts';
import type { Config } from '../../config/schema.ts';
import { count, flag, keyed, list, nullable, text } from '../../lib/shapes.ts';
import { sourcesOf } from '../../usage/asking/sources.ts';
import { HelperBackend, type UsageHelper } from './usage-helpers.ts';

export const PrivacyReport = Type.Object(
  {
    local_storage: Type.Object({
      config_path: text,
      sqlite_db: text,
      artifact_root: text,
      stores: list(text),
    }),
    credential_storage: Type.Object({
      agentpool_stores_provider_credentials: flag,
      macos_keychain_access_by_agentpool: flag,
      browser_cookie_sources_enabled_by_default: flag,
      browser_scraping_enabled_by_default: flag,
    }),
    redaction: Type.Object({ applied_before_persistence: flag, patterns: list(text) }),
    usage_refresh: Type.Object({
      default_backend: text,
      inventory_runs_live_usage_probes: flag,
      live_usage_requires_explicit_refresh: flag,
      summary_auto_refresh_after_seconds: nullable(count),
      optional_backends: keyed(HelperBackend),
    }),
    usage_sources: list(
      Type.Object({
        provider_id: text,
        source: text,
        reads: text,
        hosts: list(text),
        network: text,
        reads_existing_auth_state: flag,
        opt_in: nullable(text),
      }),
    ),
  },
  { title: 'PrivacyReport' },
);
export type PrivacyReport = Static<typeof PrivacyReport>;

/** What AgentPool stores, where, what it redacts, and which hosts it asks for limits. */
export async function privacyReport(
  place: { paths: Paths; config: Config; configPath: string },
  helpers: UsageHelper[],
): Promise<PrivacyReport> {
  const { paths, config, configPath } = place;
  const sources = await Promise.all(
    [...AGENT_IDS, ...config.custom_providers.map(({ id }) => id)].map(
      async (id) => [id, await sourcesOf(id, 'combined', config)] as const,
    ),
  );
  return {
    local_storage: {
      config_path: configPath,
      sqlite_db: paths.ledger,
      artifact_root: paths.artifacts,
      stores: [
        'tasks, messages and questions of workers, redacted',
        'what happened to each worker, and when',
        'transcripts, diffs and results of workers, redacted',
        'remaining limits of providers, without credentials and e-mail addresses',
      ],
    },
    credential_storage: {
      agentpool_stores_provider_credentials: false,
      macos_keychain_access_by_agentpool: false,
      browser_cookie_sources_enabled_by_default: false,
      browser_scraping_enabled_by_default: false,
    },
    redaction: {
      applied_before_persistence: true,
      patterns: [
        'AWS access key ids and secret keys',
        'tokens and keys of about 150 issuers, by their documented formats',
        'JSON web tokens and the private members of JSON web keys',
        'Authorization headers (Bearer, Basic), Cookie and Set-Cookie',
        'passwords and tokens in URLs, signatures of signed URLs',
        'passwords in options of commands: curl -u, mysql -p, docker login -p and others',
        'lines of .netrc and .pgpass',
        'private keys: PEM, OpenSSH, PuTTY, also without their first or last line',
        'values under names such as password, secret, token, api_key',
      ],
    },
    usage_refresh: {
      default_backend: 'combined',
      inventory_runs_live_usage_probes: false,
      live_usage_requires_explicit_refresh: config.policy.usage_auto_refresh_after_seconds === null,
      summary_auto_refresh_after_seconds: config.policy.usage_auto_refresh_after_seconds,
      optional_backends: Object.fromEntries(helpers.map(({ name, backend }) => [name, backend])),
    },
    usage_sources: sources.flatMap(([id, itsSources]) =>
      itsSources.map(({ id: source, reach, reads, hosts, opt_in }) => ({
        provider_id: id,
        source,
        reads,
        hosts: [...hosts],
        network: networkOf(reach, hosts),
        // Only these sources use the sign-in that the agent stores.
        reads_existing_auth_state: reach === 'network',
        opt_in: opt_in ?? null,
      })),
    ),
  };
}

function networkOf(reach: UsageSource['reach'], hosts: readonly string[]): string {
  if (reach === 'offline') return 'none: reads files that the agent wrote on this disk';
  return hosts.length > 0 ? `asks ${hosts.join(', ')}` : 'asks what the helper asks';
}
