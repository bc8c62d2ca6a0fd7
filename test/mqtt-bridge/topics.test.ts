import { expect } from "chai";
import fc from "fast-check";
import { ConfigError } from "../../src/errors.ts";
import { TopicTree, topicSegment } from "../../src/mqtt-bridge/topics.ts";

describe("TopicTree", () => {
  it("builds the topics of the contract", () => {
    const topics = new TopicTree("dlms");
    expect(topics.bridge("state")).to.equal("dlms/bridge/state");
    expect(topics.meter("demo", "state")).to.equal("dlms/demo/state");
    expect(topics.meter("demo", "availability")).to.equal("dlms/demo/availability");
    expect(topics.profile("demo", "1.0.99.1.0.255")).to.equal("dlms/demo/profile/1.0.99.1.0.255");
  });

  it("takes a base of several levels", () => {
    expect(new TopicTree("/site 1/dlms/").bridge("info")).to.equal("site_1/dlms/bridge/info");
  });

  it("refuses a base without levels", () => {
    for (const base of ["", "/", "///"]) expect(() => new TopicTree(base)).to.throw(ConfigError);
  });

  it("takes the sting out of characters with a meaning", () => {
    expect(topicSegment("a+b/#c d\u0000$SYS")).to.equal("a_b__c_d__SYS");
  });

  it("keeps to the allowed characters and a bounded length, whatever the id", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (id) => {
        expect(topicSegment(id)).to.match(/^[A-Za-z0-9_.-]{1,64}$/);
      }),
    );
  });

  it("refuses meters that differ only in case", () => {
    const topics = new TopicTree("dlms");
    topics.segment("House");
    expect(() => topics.segment("house"))
      .to.throw(ConfigError, "House")
      .with.property("hint");
  });

  it("refuses meters that the allowed characters make equal", () => {
    const topics = new TopicTree("dlms");
    topics.segment("house 1");
    expect(() => topics.segment("house+1")).to.throw(ConfigError);
    expect(() => topics.segment("house.1")).to.throw(ConfigError);
  });

  it("keeps the bridge's own level", () => {
    expect(() => new TopicTree("dlms").segment("Bridge")).to.throw(ConfigError, "the bridge itself");
  });

  it("gives a level to the next once it is released", () => {
    const topics = new TopicTree("dlms");
    topics.segment("House");
    topics.release("House");
    expect(topics.segment("house")).to.equal("house");
  });

  it("recognises topics of meters, and nothing else", () => {
    const topics = new TopicTree("dlms");
    expect(topics.isMeterTopic("dlms/gone/state")).to.equal(true);
    expect(topics.isMeterTopic("dlms/gone/availability")).to.equal(true);
    for (const topic of ["dlms/bridge/state", "dlms/a/b/state", "dlms/gone/set", "other/gone/state", "dlms/+/state", "dlms//state"]) {
      expect(topics.isMeterTopic(topic), topic).to.equal(false);
    }
  });
});
