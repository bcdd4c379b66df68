// What the agent says about a configuration that it does not take: one row, one exact message.
#include "tests/unit/common/config/fixture.hpp"

namespace notify {
namespace {

struct Row {
  std::string yaml;
  std::string message;
};

class Messages : public ConfigTest, public ::testing::WithParamInterface<Row> {};

TEST_P(Messages, NameThePlaceAndTheFix) { EXPECT_EQ(Refusal(GetParam().yaml), GetParam().message); }

const std::string kRoute =
    "gateway.routes:\n- {path: /a, upstream: 'http://u:1', emit: {type: a.b}";

INSTANTIATE_TEST_SUITE_P(
    Keys, Messages,
    ::testing::Values(
        Row{"dev: false\n\nlistn: 1\n",
            "unknown key 'listn' at notifyd.yaml:3; did you mean 'listen'?"},
        Row{"http:\n  max_bacth: 1\n",
            "unknown key 'http.max_bacth' at notifyd.yaml:2; did you mean 'http.max_batch'?"},
        Row{"max_batch: 1\n",
            "unknown key 'max_batch' at notifyd.yaml:1; did you mean 'http.max_batch'?"},
        Row{"htpp:\n  max_batch: 1\n",
            "unknown key 'htpp' at notifyd.yaml:1; did you mean 'http'?"},
        Row{"zzzzzzzz: 1\n", "unknown key 'zzzzzzzz' at notifyd.yaml:1"},
        Row{kRoute + ", timeot: 5s}\n",
            "unknown key 'gateway.routes[0].timeot' at notifyd.yaml:2; did you mean "
            "'gateway.routes[0].timeout'?"},
        Row{"listen: a:1\nlisten: b:2\n",
            "'listen' is already set in line 1; it stands again at notifyd.yaml:2"},
        Row{"http.max_batch: 1\nhttp:\n  max_batch: 2\n",
            "'http.max_batch' at notifyd.yaml:3 is set twice"},
        Row{"gateway:\n  routes:\n    - path: /a\n      upstream: http://u:1\n",
            "'gateway.routes[0].emit.type' at notifyd.yaml:3 is required"}));

INSTANTIATE_TEST_SUITE_P(
    Values, Messages,
    ::testing::Values(
        Row{"insecure: yes\n", "'insecure' at notifyd.yaml:1 must be true or false, not 'yes'"},
        Row{"threads:\n  storage: 0\n",
            "'threads.storage' at notifyd.yaml:2 must be a whole number from 1 to 64, not '0'"},
        Row{"threads:\n  io: many\n",
            "'threads.io' at notifyd.yaml:2 must be a whole number from 0 to 256, not 'many'"},
        Row{"http.idle_timeout: 15\n",
            "'http.idle_timeout' at notifyd.yaml:1 must be a duration from 1ms to 24h, as in 15s, "
            "not '15'"},
        Row{"http:\n  max_body_bytes: 2GiB\n",
            "'http.max_body_bytes' at notifyd.yaml:2 must be a size from 1KiB to 1GiB, as in 8MiB, "
            "not '2GiB'"},
        Row{"http:\n  max_batch:\n",
            "'http.max_batch' at notifyd.yaml:2 has no value; it must be a whole number from 1 to "
            "1000000"},
        Row{"listen: [a]\n",
            "'listen' at notifyd.yaml:1 must be HOST:PORT, as in 127.0.0.1:7800 or [::1]:7800, not "
            "a list"},
        Row{"listen: 7800\n",
            "'listen' at notifyd.yaml:1 must be HOST:PORT, as in 127.0.0.1:7800 or [::1]:7800, not "
            "'7800'"},
        Row{"http: 5\n", "'http' at notifyd.yaml:1 must be a section with keys of its own"},
        Row{"log:\n  level: loud\n",
            "'log.level' at notifyd.yaml:2 must be one of debug, information, warning, error, not "
            "'loud'"},
        Row{"multi_tenancy:\n  strategy: [key, cookie]\n",
            "'multi_tenancy.strategy' at notifyd.yaml:2 must be one of key, claim, header, path, "
            "host, subdomain, custom, not 'cookie'"},
        Row{"hub.methods: [{name: Publsh}]\n",
            "'hub.methods[0].name' at notifyd.yaml:1 is not a method of the hub: 'Publsh'; did you "
            "mean 'Publish'?"},
        Row{"hub.methods: [{name: Fly}]\n",
            "'hub.methods[0].name' at notifyd.yaml:1 is not a method of the hub: 'Fly'"},
        Row{"hub.methods: [{name: Ack, roles: [boss]}]\n",
            "'hub.methods[0].roles' at notifyd.yaml:1 must be one of subscriber, viewer, "
            "publisher, tenant-admin, platform-admin, not 'boss'"},
        Row{"hub.methods: [{name: Ack, roles: []}]\n",
            "'hub.methods[0].roles' at notifyd.yaml:1 must name a role; enabled: false takes it "
            "from all"},
        Row{"hub.methods: [{name: Ack, per_user: {rate: 5}}]\n",
            "'hub.methods[0].per_user.rate' at notifyd.yaml:1 must be a count up to 1000000 in an "
            "interval up to 1h, as in 100/1s, or none, not '5'"},
        Row{"hub:\n  parallel_invocations: 65\n",
            "'hub.parallel_invocations' at notifyd.yaml:2 must be a whole number from 1 to 64, not "
            "'65'"},
        Row{"gateway.routes: 5\n",
            "'gateway.routes' at notifyd.yaml:1 must be a list of objects"}));

INSTANTIATE_TEST_SUITE_P(
    Together, Messages,
    ::testing::Values(
        Row{"listen: 0.0.0.0:7800\n",
            "'listen' at notifyd.yaml:1 is not loopback and there is no TLS; start with --insecure "
            "if something in front of the agent encrypts"},
        Row{"insecure: true\ndev: true\nlisten: 0.0.0.0:7800\n",
            "'listen' at notifyd.yaml:3 must be loopback with --dev, as in 127.0.0.1:7800"},
        Row{"hub:\n  limits: {per_user: {soft: 5, hard: 4}}\n",
            "'hub.limits.per_user.soft' at notifyd.yaml:2 must not be above "
            "hub.limits.per_user.hard"},
        Row{"limits: {connections: 4, connections_soft: 5}\n",
            "'limits.connections_soft' at notifyd.yaml:1 must not be above limits.connections"},
        Row{"hub:\n  client_timeout: 10s\n",
            "'hub.client_timeout' at notifyd.yaml:2 must be longer than hub.keep_alive"},
        Row{"multi_tenancy:\n  strategy: subdomain\n",
            "'multi_tenancy.base_domains' must be set, because the strategy 'subdomain' needs it"},
        Row{"multi_tenancy:\n  strategy: custom\n  custom: '(['\n",
            "'multi_tenancy.custom' at notifyd.yaml:3 must be a regular expression (ECMAScript "
            "without back references) of at most 256 characters whose first group is the tenant"},
        Row{kRoute + "}\n- {path: /a, upstream: 'http://u:2', emit: {type: a.b}}\n",
            "'gateway.routes[1].path' at notifyd.yaml:3 and its method are those of a route "
            "before"},
        Row{"hub.methods: [{name: Ack, per_user.burst: 5}]\n",
            "'hub.methods[0].per_user.burst' at notifyd.yaml:1 needs a rate beside it"},
        Row{"hub.methods: [{name: Ack}, {name: Ack}]\n",
            "'hub.methods[1].name' at notifyd.yaml:1 is that of a method before"},
        Row{"issuers:\n- {issuer: i, audience: a, algorithms: [HS256, RS256], key: k, secret: "
            "'env:S', tenants: blue}\n",
            "'issuers[0].algorithms' at notifyd.yaml:2 must not mix HS256 with RS256 or ES256; "
            "write "
            "two issuers"},
        Row{"issuers:\n- {issuer: i, audience: a, algorithms: HS256, tenants: blue}\n",
            "'issuers[0].secret' at notifyd.yaml:2 is required for HS256"}));

INSTANTIATE_TEST_SUITE_P(
    Yaml, Messages,
    ::testing::Values(
        Row{"a: &x 1\n", "an anchor ('&name') is not supported at notifyd.yaml:1"},
        Row{"a: 1\n---\nb: 2\n", "the file has more than one document ('---') at notifyd.yaml:1"},
        Row{"[1]: 2\n", "a key must be a plain word at notifyd.yaml:1"},
        Row{"- a\n", "'' at notifyd.yaml:1 must be a section with keys of its own"},
        Row{"a:\n  - b\n c: d\n", "not YAML: end of map not found at notifyd.yaml:3"}));

TEST_F(ConfigTest, AllMistakesAreReportedAtOnce) {
  const auto error = Load("listn: 1\nthreads:\n  io: x\n").error();
  ASSERT_EQ(error.errors.size(), 2U);
  EXPECT_EQ(error.errors[1].pointer, "threads.io");
  EXPECT_EQ(error.errors[1].line, 3);
  EXPECT_TRUE(error.detail.ends_with("(and 1 more)"));
}

TEST_F(ConfigTest, AWrongVariableIsNamed) {
  environment_ = {{"NOTIFYD_HTTP__MAX_BATCH", "x"}};
  EXPECT_EQ(Refusal(""),
            "'http.max_batch' in the environment variable NOTIFYD_HTTP__MAX_BATCH must be a whole "
            "number from 1 to 1000000, not 'x'");
}

TEST_F(ConfigTest, AnUnknownVariableIsNamedWithTheNearest) {
  environment_ = {{"NOTIFYD_LISTN", "x"}};
  EXPECT_EQ(Refusal(""),
            "unknown environment variable 'NOTIFYD_LISTN'; did you mean 'NOTIFYD_LISTEN'?");
}

TEST_F(ConfigTest, VariablesThatKubernetesSetsForAServiceAreIgnored) {
  environment_ = {{"NOTIFYD_SERVICE_HOST", "10.0.0.1"},
                  {"NOTIFYD_PORT_7800_TCP", "tcp://10.0.0.1"}};
  EXPECT_EQ(Config("").listen.port, 7800);
}

TEST_F(ConfigTest, AWrongFlagIsNamed) {
  flags_ = {{"listen", "nowhere"}};
  EXPECT_TRUE(Refusal("").starts_with("'listen' in the flag --listen must be HOST:PORT"));
}

TEST_F(ConfigTest, APathTooLongForASocketNamesTheFlag) {
  flags_ = {{"data_dir", "/" + std::string(100, 'd')}};
  EXPECT_THAT(Refusal(""), ::testing::HasSubstr("choose a shorter one with --socket"));
}

TEST_F(ConfigTest, ASecretPastedIntoTheFileIsNotRepeated) {
  const auto refusal = Refusal("security:\n  master_key: hunter2hunter2\n");
  EXPECT_THAT(refusal, ::testing::HasSubstr("must say where it lies: file:PATH"));
  EXPECT_THAT(refusal, ::testing::Not(::testing::HasSubstr("hunter2")));
}

TEST_F(ConfigTest, DeepNestingAndAliasesDoNotBlowUp) {
  EXPECT_THAT(Refusal("a: " + std::string(200, '[')), ::testing::HasSubstr("notifyd.yaml:1"));
  EXPECT_THAT(Refusal("a: " + std::string(20'000, '[')), ::testing::HasSubstr("notifyd.yaml:1"));
  EXPECT_THAT(Refusal(std::string((1U << 20) + 1, '#')), ::testing::HasSubstr("larger than 1MiB"));
}

}  // namespace
}  // namespace notify
