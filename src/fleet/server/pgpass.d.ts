declare module 'pgpass' {
  interface Connection {
    host: string;
    port: number;
    database: string;
    user: string;
  }
  /** The password of the first line that fits; undefined if none does, or the file may be read by others. */
  export default function pgpass(of: Connection, found: (password: string | undefined) => void): void;
}
