const longest = 40;

/** What a message shows of text it complains about, whose length is the sender's. */
export function quote(text: string): string {
  return text.length > longest ? `${JSON.stringify(text.slice(0, longest))}...` : JSON.stringify(text);
}
