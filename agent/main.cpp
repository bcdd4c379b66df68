#include "agent/app/run.hpp"

int main(int argc, char** argv) { return notify::agent::app::Run(argc, argv); }
