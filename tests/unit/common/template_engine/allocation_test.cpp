#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "tests/unit/common/template_engine/rendering.hpp"

namespace {
thread_local std::size_t allocations = 0;
}  // namespace

// Counts what this program takes from the heap.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}
// The form that std::stable_sort takes; what it gives must fit the delete below.
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

namespace notify::template_engine {
namespace {

using testing_support::MakePartials;

std::size_t AllocationsOfAWarmRender(std::string_view source, std::string_view json) {
  const Partials partials = MakePartials({{"row", "<li>{{label}} {{size}}</li>"}});
  const RenderOptions options{.partials = &partials};
  const Template compiled = Template::Compile(source, "t").value();
  const Data data = Data::Parse(json).value();
  std::string out;
  EXPECT_TRUE(Render(compiled, data.value(), options, out));
  out.clear();
  const std::size_t before = allocations;
  EXPECT_TRUE(Render(compiled, data.value(), options, out));
  return allocations - before;
}

constexpr std::string_view kData =
    R"({"name":"a name that no small string holds & more","items":[{"label":"a","n":1.5},{"label":"b","n":2}]})";

TEST(Allocation, AWarmRenderTakesNothingFromTheHeap) {
  EXPECT_EQ(AllocationsOfAWarmRender(
                "{{name}}{{#each items}}{{#if label}}{{@index}} {{n}} {{../name}}{{/if}}{{/each}}",
                kData),
            0U);
}

TEST(Allocation, NorDoHelpersPartialsAndListsAsText) {
  EXPECT_EQ(AllocationsOfAWarmRender("{{upper name}}{{#each items}}{{> row size=(number n "
                                     "2)}}{{/each}}{{json items}}{{items}}",
                                     kData),
            0U);
}

TEST(Allocation, TheCounterCounts) {
  const std::size_t before = allocations;
  const std::string text(100, 'x');
  EXPECT_GT(allocations, before) << text;
}

}  // namespace
}  // namespace notify::template_engine
