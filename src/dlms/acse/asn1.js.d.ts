/** The part of asn1.js that the ACSE declarations use; the package ships no typings. */
declare module "asn1.js" {
  export interface Node {
    seq(): Node;
    obj(...members: Node[]): Node;
    choice(alternatives: Readonly<Record<string, Node>>): Node;
    key(name: string): Node;
    optional(): Node;
    implicit(tag: number): Node;
    explicit(tag: number): Node;
    objid(): Node;
    int(): Node;
    octstr(): Node;
    bitstr(): Node;
    use(entity: Entity): Node;
  }

  export interface Entity {
    decode(bytes: Buffer, encoding: "der"): unknown;
    encode(value: unknown, encoding: "der"): Buffer;
  }

  const asn1: { define(name: string, body: (this: Node) => void): Entity };
  export default asn1;
}
