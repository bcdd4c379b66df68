// Publishes COUNT messages of SIZE bytes to a quorum queue with publisher confirms, at most WINDOW
// unconfirmed, and prints confirmed messages a second.
//
//   cc -O2 rabbitmq_publish.c -lrabbitmq -o rabbitmq_publish && ./rabbitmq_publish PORT COUNT SIZE WINDOW QUEUE

#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void need(int ok, const char* what) {
  if (ok) return;
  fprintf(stderr, "rabbitmq_publish: %s failed\n", what);
  exit(1);
}

int main(int argc, char** argv) {
  need(argc == 6, "usage: PORT COUNT SIZE WINDOW QUEUE;");
  const long count = atol(argv[2]);
  const size_t size = (size_t)atol(argv[3]);
  const long window = atol(argv[4]);
  amqp_connection_state_t c = amqp_new_connection();
  amqp_socket_t* socket = amqp_tcp_socket_new(c);
  need(amqp_socket_open(socket, "127.0.0.1", atoi(argv[1])) == AMQP_STATUS_OK, "connect");
  need(amqp_login(c, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest").reply_type ==
           AMQP_RESPONSE_NORMAL, "login");
  amqp_channel_open(c, 1);
  amqp_table_entry_t entry = {.key = amqp_cstring_bytes("x-queue-type"),
                              .value = {.kind = AMQP_FIELD_KIND_UTF8,
                                        .value.bytes = amqp_cstring_bytes("quorum")}};
  const amqp_table_t arguments = {1, &entry};
  need(amqp_queue_declare(c, 1, amqp_cstring_bytes(argv[5]), 0, 1, 0, 0, arguments) != NULL, "declare");
  need(amqp_confirm_select(c, 1) != NULL, "confirm.select");

  char* body = malloc(size);
  memset(body, 'x', size);
  const amqp_bytes_t bytes = {size, body};
  amqp_basic_properties_t properties;
  memset(&properties, 0, sizeof properties);
  properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
  properties.delivery_mode = 2;

  const double begun = now();
  long sent = 0;
  long confirmed = 0;
  while (confirmed < count) {
    while (sent < count && sent - confirmed < window) {
      need(amqp_basic_publish(c, 1, amqp_cstring_bytes(""), amqp_cstring_bytes(argv[5]), 0, 0, &properties,
                              bytes) == AMQP_STATUS_OK, "publish");
      ++sent;
    }
    amqp_frame_t frame;
    need(amqp_simple_wait_frame(c, &frame) == AMQP_STATUS_OK, "wait");
    if (frame.frame_type != AMQP_FRAME_METHOD) continue;
    need(frame.payload.method.id == AMQP_BASIC_ACK_METHOD, "confirm");
    const amqp_basic_ack_t* ack = frame.payload.method.decoded;
    if (ack->multiple) {
      confirmed = (long)ack->delivery_tag;
    } else {
      ++confirmed;  // Every tag is acknowledged once, so their number is what counts.
    }
  }
  printf("%.0f\n", (double)count / (now() - begun));
  return 0;
}
