import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError, secretFileWarning, type Logger } from 'kafka-runner';

const minLength = 16;

/** What whoever wants to change something has to know. */
export class Token {
  readonly text: string;

  constructor(text = randomBytes(24).toString('base64url')) {
    this.text = text;
  }

  /** Throws ConfigError for a file that cannot be read, or holds too little. */
  static fromFile(file: string, logger: Logger): Token {
    const text = read(file);
    if (!/^[\x21-\x7e]+$/.test(text) || text.length < minLength) {
      const how = 'openssl rand -base64 24';
      throw new ConfigError(`--token-file: ${file} must hold at least ${minLength} characters without blanks: ${how}`);
    }
    const warning = secretFileWarning(file);
    if (warning !== undefined) logger.warn({ code: 'secret-file-open' }, warning);
    return new Token(text);
  }

  /** Takes as long for a wrong one as for a right one. */
  isIn(authorization: string | undefined): boolean {
    return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${this.text}`));
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new ConfigError(`--token-file: ${(cause as Error).message}`, { cause });
  }
}
