"""Each rule catches a planted violation and lets its clean counterpart pass: a rule that cannot fail checks nothing."""

import contextlib
import io
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from rules import RULES  # noqa: E402
from source_tree import SourceTree  # noqa: E402

HEADER = "#pragma once\n"


class RuleTest(unittest.TestCase):
    """The vocabulary: plant files in an empty tree, then ask what a rule says of it."""

    def setUp(self):
        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        self.plant("tests/arch/layers.txt", (HERE / "layers.txt").read_text())

    def plant(self, path, text=""):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def violations(self, rule):
        with contextlib.redirect_stdout(io.StringIO()):
            return [str(v) for v in RULES[rule](SourceTree(self.root))]

    def assert_caught(self, rule, place, words):
        found = self.violations(rule)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(place + ": "), found[0])
        self.assertIn(words, found[0])

    def assert_clean(self, rule):
        self.assertEqual(self.violations(rule), [])


class Layers(RuleTest):
    def test_a_stage_includes_what_stands_below(self):
        self.plant("agent/hub/groups.cpp", '#include "agent/flow/live_sink.hpp"\n#include "common/ids.hpp"\n')
        self.assert_clean("layers")

    def test_a_stage_beside(self):
        self.plant("agent/hub/groups.cpp", '#include <map>\n#include "agent/eventlog/log.hpp"\n')
        self.assert_caught("layers", "agent/hub/groups.cpp:2", "stands beside agent/hub")

    def test_a_folder_above(self):
        self.plant("agent/store/db.cpp", '#include "agent/tenant/registry.hpp"\n')
        self.assert_caught("layers", "agent/store/db.cpp:1", "stands above agent/store")

    def test_agent_and_cli_never_meet(self):
        self.plant("cli/client/api.cpp", '#include "agent/flow/principal.hpp"\n')
        self.assert_caught("layers", "cli/client/api.cpp:1", "never include each other")

    def test_common_knows_neither(self):
        self.plant("common/model/event.cpp", '#include "cli/app.hpp"\n')
        self.assert_caught("layers", "common/model/event.cpp:1", "common/ knows neither")

    def test_a_folder_that_the_file_does_not_know(self):
        self.plant("agent/surprise/x.cpp")
        self.assert_caught("layers", "agent/surprise/x.cpp:1", "not in tests/arch/layers.txt")

    def test_the_product_never_includes_its_tests(self):
        self.plant("common/x.cpp", '#include "tests/support/fake_clock.hpp"\n')
        self.assert_caught("layers", "common/x.cpp:1", "never includes its tests")

    def test_one_noun_of_the_command_line_beside_another(self):
        self.plant("cli/tenant/create.cpp", '#include "cli/key/create.hpp"\n')
        self.assert_caught("layers", "cli/tenant/create.cpp:1", "stands beside cli/tenant")

    def test_the_command_line_reads_downwards(self):
        self.plant("cli/app.cpp", '#include "cli/tenant/create.hpp"\n#include "cli/factory.hpp"\n')
        self.plant("cli/tenant/create.cpp", '#include "cli/factory.hpp"\n#include "cli/exit_code.hpp"\n')
        self.plant("cli/factory.cpp", '#include "cli/client/api.hpp"\n#include "cli/environment.hpp"\n')
        self.plant("cli/environment.cpp", '#include "cli/streams.hpp"\n')
        self.assert_clean("layers")

    def test_what_every_command_uses_knows_no_command(self):
        self.plant("cli/environment.cpp", '#include "cli/factory.hpp"\n')
        self.assert_caught("layers", "cli/environment.cpp:1", "stands above cli (streams, exit_code)")

    def test_a_comment_includes_nothing(self):
        self.plant("agent/hub/groups.cpp", '// #include "agent/eventlog/log.hpp"\n')
        self.assert_clean("layers")


class Names(RuleTest):
    def test_a_file(self):
        self.plant("common/string_utils.cpp")
        self.assert_caught("names", "common/string_utils.cpp:1", "'utils'")

    def test_a_folder(self):
        self.plant("agent/core/x.cpp")
        self.assert_caught("names", "agent/core:1", "'core'")

    def test_a_name_that_says_what_it_does(self):
        self.plant("common/encoding.cpp")
        self.assert_clean("names")


class Throwing(RuleTest):
    def test_a_throw(self):
        self.plant("agent/auth/jwt.cpp", "void F() {\n  throw 1;\n}\n")
        self.assert_caught("throw", "agent/auth/jwt.cpp:2", "`throw`")

    def test_a_wrapper_on_the_list(self):
        self.plant("tests/arch/throw_allow.txt", "common/config/yaml.cpp  # yaml-cpp\n")
        self.plant("common/config/yaml.cpp", "try { F(); } catch (...) {}\n")
        self.assert_clean("throw")

    def test_a_line_that_is_no_longer_needed(self):
        self.plant("tests/arch/throw_allow.txt", "# why\ncommon/config/yaml.cpp  # yaml-cpp\n")
        self.plant("common/config/yaml.cpp", "// never throws, never a catch\n")
        self.assert_caught("throw", "tests/arch/throw_allow.txt:2", "take the line out")


class Places(RuleTest):
    def test_co_spawn(self):
        self.plant("agent/async/task_group.cpp", "asio::co_spawn(a, b, c);\n")
        self.plant("agent/hub/fanout.cpp", "asio::co_spawn(a, b, c);\n")
        self.assert_caught("co_spawn", "agent/hub/fanout.cpp:1", "only agent/async")

    def test_real_time_and_randomness(self):
        self.plant("common/clock.cpp", "system_clock::now();\n")
        for text in ("steady_clock::now()", "std::random_device d", "sleep_for(1s)", "::getrandom(p, n, 0)", "rand()", "time(nullptr)"):
            with self.subTest(text):
                self.plant("agent/quota/gate.cpp", f"\nauto x = {text};\n")
                self.assert_caught("real_time", "agent/quota/gate.cpp:2", "take a Clock or a Random")

    def test_an_injected_clock_is_no_real_time(self):
        self.plant("agent/quota/gate.cpp", "auto x = clock_.Now(); auto y = event.time(0); // ::now( is banned\n")
        self.assert_clean("real_time")

    def test_a_unit_test_that_sleeps(self):
        self.plant("tests/unit/common/x_test.cpp", "std::this_thread::sleep_for(1s);\n")
        self.assert_caught("sleeping_tests", "tests/unit/common/x_test.cpp:1", "FakeClock")

    def test_the_seam(self):
        self.plant("agent/async/asio/real.cpp", "asio::ip::tcp::socket s;\n")
        for text in ("asio::ip::tcp::socket s", "asio::local::stream_protocol p", "asio::steady_timer t", "::send(1, p, n, 0)", "fdatasync(fd)"):
            with self.subTest(text):
                self.plant("agent/ingress/rest/session.cpp", f"{text};\n")
                self.assert_caught("seam", "agent/ingress/rest/session.cpp:1", "only agent/async")

    def test_a_lock_in_a_stage(self):
        self.plant("agent/async/bounded_queue.cpp", "std::mutex m;\n")
        self.plant("agent/quota/gate.hpp", "std::mutex m;\n")
        self.assert_caught("locks", "agent/quota/gate.hpp:1", "not a lock")

    def test_standard_output(self):
        self.plant("cli/streams.cpp", "std::cout << 1;\n")
        self.plant("common/log.cpp", "std::cout << 1;\n")
        self.assert_caught("output", "common/log.cpp:1", "cli/streams.cpp")

    def test_a_command_that_prints_by_itself(self):
        self.plant("cli/tenant/list.cpp", "std::cerr << 1;\n")
        self.assert_caught("output", "cli/tenant/list.cpp:1", "injected Streams")

    def test_glob(self):
        self.plant("agent/CMakeLists.txt", "# file(GLOB is banned\nfile(GLOB SOURCES *.cpp)\n")
        self.assert_caught("glob", "agent/CMakeLists.txt:2", "list the sources")

    def test_disabled_tests(self):
        self.plant("tests/unit/common/x_test.cpp", "TEST(Log, DISABLED_Reads) {}\n")
        self.assert_caught("disabled_tests", "tests/unit/common/x_test.cpp:1", "mend the test")

    def test_a_skip_without_a_reason(self):
        self.plant("tests/unit/common/x_test.cpp", 'GTEST_SKIP() << "no vectors";\nGTEST_SKIP();\n')
        self.assert_caught("disabled_tests", "tests/unit/common/x_test.cpp:2", "without a sentence")

    def test_literals_and_comments_do_not_count(self):
        self.plant("agent/hub/x.cpp", 'auto s = "co_spawn";  // co_spawn\n/* co_spawn\n */ auto r = R"(co_spawn)";\nauto n = 1\'000;\n')
        self.assert_clean("co_spawn")


class Headers(RuleTest):
    def test_no_guard(self):
        self.plant("common/x.hpp", "// What it is.\nint F();\n")
        self.assert_caught("pragma_once", "common/x.hpp:1", "#pragma once")

    def test_a_relative_include(self):
        self.plant("common/x.cpp", '#include "ids.hpp"\n')
        self.assert_caught("includes", "common/x.cpp:1", "begin at the root")

    def test_own_header_first(self):
        self.plant("common/x.hpp", HEADER)
        self.plant("common/x.cpp", '#include "common/ids.hpp"\n#include "common/x.hpp"\n')
        self.assert_caught("includes", "common/x.cpp:1", "own header first")

    def test_a_class_without_its_threads(self):
        self.plant("agent/hub/shard.hpp", HEADER + "/// Holds connections.\nclass Shard final : public Base {\n};\n")
        self.assert_caught("threads", "agent/hub/shard.hpp:3", "class Shard does not say `Threads:`")

    def test_threads_said_forwarded_or_internal(self):
        self.plant(
            "agent/hub/shard.hpp",
            HEADER + "class Other;\nenum class Kind { kOne };\nnamespace detail {\nclass Part {\n};\n}\n"
            "/// Holds connections.\n/// Threads: its own.\ntemplate <typename T>\nclass Shard {\n};\n",
        )
        self.assert_clean("threads")

    def test_a_shared_ptr_without_its_reason(self):
        self.plant("agent/hub/frame.hpp", HEADER + "class F {\n  int size_;\n  std::shared_ptr<const Buffer> buffer_;\n};\n")
        self.assert_caught("shared_ptr", "agent/hub/frame.hpp:4", "who shares it")

    def test_a_shared_ptr_with_its_reason(self):
        self.plant(
            "agent/hub/frame.hpp",
            HEADER + "class F {\n  // Shared by all connections that a message goes to.\n"
            "  std::shared_ptr<const Buffer> json_;\n  std::shared_ptr<const Buffer> packed_;\n};\n",
        )
        self.assert_clean("shared_ptr")


class Mirror(RuleTest):
    def test_a_test_of_nothing(self):
        self.plant("tests/unit/agent/gone/x_test.cpp")
        self.assert_caught("mirror", "tests/unit/agent/gone/x_test.cpp:1", "agent/gone/, which is not there")

    def test_a_test_beside_its_source(self):
        self.plant("agent/quota/gate.cpp")
        self.plant("tests/unit/agent/quota/gate_test.cpp")
        self.assert_clean("mirror")

    def test_an_exception_that_is_no_longer_needed(self):
        self.plant("tests/arch/mirror_exceptions.txt", "tests/unit/gone  # why\n")
        self.assert_caught("mirror", "tests/arch/mirror_exceptions.txt:1", "take the line out")


class Sizes(RuleTest):
    def test_a_long_file_is_a_figure_not_a_failure(self):
        self.plant("agent/hub/long.cpp", "int x;\n" * 5000)
        self.assert_clean("sizes")


class Scripts(RuleTest):
    """The checks that are programs of their own."""

    def run_script(self, *command):
        done = subprocess.run([sys.executable, "-B", *command], cwd=self.root, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def test_a_stale_generated_file(self):
        self.plant("page.md", "old\n")
        code, output = self.run_script(HERE / "generated.py", "check", "page.md", "--", "echo", "new")
        self.assertEqual(code, 1)
        self.assertIn("page.md:1: is not what its generator makes", output)
        self.run_script(HERE / "generated.py", "write", "page.md", "--", "echo", "new")
        self.assertEqual(self.run_script(HERE / "generated.py", "check", "page.md", "--", "echo", "new")[0], 0)

    def test_a_file_that_its_generator_no_longer_makes(self):
        self.plant("man/new.1", "")
        self.plant("man/gone.1", "")
        code, output = self.run_script(HERE / "generated.py", "check", "man/", "--", "sh", "-c", 'touch "$0/new.1"')
        self.assertEqual(code, 1)
        self.assertIn("man/gone.1:1", output)
        self.assertNotIn("man/new.1:1", output)

    def test_a_mistake_that_compiles(self):
        self.plant("x.cpp", "// expect: error\nint x = 0;\n")
        self.assertIn("compiles, and must not", self.run_script(HERE / "must_not_compile.py", "x.cpp")[1])

    def test_a_mistake_for_another_reason(self):
        self.plant("x.cpp", "// expect: private\n#ifdef MUST_NOT_COMPILE\nint x = y;\n#endif\n")
        self.assertIn("another message", self.run_script(HERE / "must_not_compile.py", "x.cpp")[1])

    def test_a_control_that_does_not_compile(self):
        self.plant("x.cpp", "// expect: error\nint x = y;\n")
        self.assertIn("the control does not compile", self.run_script(HERE / "must_not_compile.py", "x.cpp")[1])


class Requirements(RuleTest):
    def problems_of(self, row):
        self.plant("spec/requirements.yaml", '- {id: E4.A, section: "S", text: "T"}\n')
        self.plant("tests/unit/x_test.cpp", "TEST(Log, Reads) {}\n")
        self.plant("tests/integration/x.test.mjs", "test('a tail resumes', async () => {});\n")
        self.plant("tests/requirements.yaml", f"# rows\n- {row}\n")
        command = [sys.executable, "-B", HERE / "requirements.py", "check", "--root", self.root, "--spec", self.root / "spec"]
        return subprocess.run(command, capture_output=True, text=True).stdout

    def test_a_row_with_tests_that_exist(self):
        self.assertNotIn(
            "requirements.yaml:", self.problems_of('{id: E4.A, line: l, state: done, tests: [Log.Reads, a tail resumes]}')
        )

    def test_rows_that_claim_what_is_not_there(self):
        for row, words in (
            ("{id: E4.B, line: l, state: done, tests: [Log.Reads]}", "E4.B is no requirement"),
            ("{id: E4.A, line: l, state: done, tests: [Log.Writes]}", "'Log.Writes', which does not exist"),
            ("{id: E4.A, line: l, state: done, tests: []}", "names no test"),
            ("{id: E4.A, line: l, state: soon, tests: [Log.Reads]}", "state is done or partly"),
            ("{id: E4.A, state: done, tests: [Log.Reads]}", "exactly id, line, state and tests"),
        ):
            with self.subTest(words):
                self.assertIn("tests/requirements.yaml:2: E4", self.problems_of(row))
                self.assertIn(words, self.problems_of(row))


class Coverage(unittest.TestCase):
    def test_every_rule_is_tested_here(self):
        text = Path(__file__).read_text()
        for name in RULES:
            self.assertRegex(text, rf'assert_(caught|clean)\("{name}"', name)


if __name__ == "__main__":
    unittest.main()
