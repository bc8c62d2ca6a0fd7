/** What somebody who has just installed it can do next; no line is wider than a narrow terminal. */
export const firstSteps: readonly { readonly command: string; readonly does: string }[] = [
  { does: "No meter at hand? A virtual one, with a past and a page:", command: "dlms demo" },
  { does: "Ask it from another terminal, or a real one in the network:", command: "dlms read tcp://127.0.0.1:4059" },
  { does: "Find out how a meter at a probe wants to be talked to:", command: "dlms scan --save config/meters.yaml" },
  { does: "Have octets explained that somebody recorded:", command: "dlms decode --file capture.txt" },
  { does: "Let the shell complete commands; dlms --help has them all:", command: 'eval "$(dlms completion bash)"' },
];
