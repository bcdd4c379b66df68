#include "cli/consumer/noun.hpp"

#include "cli/consumer/ack.hpp"
#include "cli/consumer/create.hpp"
#include "cli/consumer/delete.hpp"
#include "cli/consumer/fetch.hpp"
#include "cli/consumer/get.hpp"
#include "cli/consumer/list.hpp"
#include "cli/consumer/nack.hpp"
#include "cli/consumer/seek.hpp"
#include "cli/consumer/tail.hpp"

namespace notify::cli::consumer {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("consumer", "Durable consumers: positions kept, events acknowledged",
                        {"consumers", "cons"});
  AddConsumerCreate(noun, factory, RunConsumerCreate);
  AddConsumerList(noun, factory, RunConsumerList);
  AddConsumerGet(noun, factory, RunConsumerGet);
  AddConsumerFetch(noun, factory, RunConsumerFetch);
  AddConsumerAck(noun, factory, RunConsumerAck);
  AddConsumerNack(noun, factory, RunConsumerNack);
  AddConsumerTail(noun, factory, RunConsumerTail);
  AddConsumerSeek(noun, factory, RunConsumerSeek);
  AddConsumerDelete(noun, factory, RunConsumerDelete);
}

}  // namespace notify::cli::consumer
