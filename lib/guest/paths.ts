// Which paths a person may name, to be excluded or kept: what cannot be handled inside a guest is refused at the door, with the reason.

/** Undefined: it is fine. Else why not, in words that follow the path's name: "is a system directory …". */
export function excludePathProblem(_path: string): string | undefined {
  return undefined;
}

export function keepPathProblem(_path: string): string | undefined {
  return undefined;
}
