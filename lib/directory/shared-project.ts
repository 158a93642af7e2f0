// With whom an image is shared: always a whole project, whoever was named.

export interface SharedProject {
  readonly id: string;
  /** Where the directory told it. */
  readonly name?: string;
  /** False: nobody looked whether there is such a project. Glance takes any text for one (measured on Zed). */
  readonly checked: boolean;
  /** Who was named, and is reached through it. */
  readonly user?: { readonly id: string; readonly name: string };
}

/** Why nothing can be shared so, and what to do. */
export interface NotFoundThere {
  readonly detail: string;
  readonly remedy: string;
  /** Several are meant: the caller must choose. */
  readonly choices?: readonly { readonly id: string; readonly name: string }[];
}

export type Resolution = { readonly project: SharedProject } | { readonly refused: NotFoundThere };
