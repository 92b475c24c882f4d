/** The part of modern-syslog that is used; the package ships no types. */
declare module 'modern-syslog' {
  const syslog: {
    open(ident: string, options: number, facility: number): void;
    log(priority: number, message: string, callback: () => void): void;
  };
  export default syslog;
}
