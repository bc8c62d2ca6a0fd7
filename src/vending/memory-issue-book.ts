import type { GivenIdentifiers, Issue, IssueBook, NewIssue } from "./issue.ts";

/** Keeps what was issued for as long as the process lives. */
export class MemoryIssueBook implements IssueBook {
  readonly #issues = new Map<string, readonly Issue[]>();

  add(meter: string, make: (given: GivenIdentifiers) => NewIssue): Issue {
    const issues = this.#of(meter);
    const issue: Issue = { ...make(identifiersOf(issues)), number: issues.length + 1 };
    this.#issues.set(meter, [...issues, issue]);
    return issue;
  }

  together<Result>(work: () => Result): Result {
    const before = new Map(this.#issues);
    try {
      return work();
    } catch (error) {
      this.#issues.clear();
      for (const [meter, issues] of before) this.#issues.set(meter, issues);
      throw error;
    }
  }

  find(meter: string, tokenIdentifier: number): Issue | undefined {
    return this.#of(meter).find(({ identifier }) => identifier?.tokenIdentifier === tokenIdentifier);
  }

  last(meter: string): Issue | undefined {
    return this.#of(meter).at(-1);
  }

  all(meter: string): Iterable<Issue> {
    return this.#of(meter);
  }

  async close(): Promise<void> {}

  #of(meter: string): readonly Issue[] {
    return this.#issues.get(meter) ?? [];
  }
}

function identifiersOf(issues: readonly Issue[]): GivenIdentifiers {
  const given = issues.flatMap(({ identifier }) => identifier ?? []);
  return {
    latest: (baseDate) =>
      given.reduce<number | undefined>(
        (latest, each) => (each.baseDate === baseDate ? Math.max(each.tokenIdentifier, latest ?? 0) : latest),
        undefined,
      ),
    has: (number) => given.some(({ tokenIdentifier }) => tokenIdentifier === number),
  };
}
