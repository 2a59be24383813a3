/** What the set-up found: `version` as a person wants to read it, `path` where it lies. */
export interface FoundPart {
  readonly version: string;
  readonly path: string;
}

/** One thing that the set-up provides. */
export interface Part {
  readonly name: string;
  /** Looks whether it is there and works; quick, since every set-up asks. Undefined: it has to be installed. */
  find(): Promise<FoundPart | undefined>;
  /** What a person reads when it has to be installed. */
  readonly announcement: string;
  install(): Promise<void>;
}
