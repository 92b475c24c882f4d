#!/usr/bin/perl
# The process behind the fake `aws`: `aws.pl SOCKET ARGUMENT…`. It does what it is told at the socket, by
# resident.ts, and starts in a few milliseconds, since the tests start it thousands of times: it loads no module,
# not even those that know these numbers.
use strict;

my ($PF_UNIX, $SOCK_STREAM) = (1, 1);
socket(my $resident, $PF_UNIX, $SOCK_STREAM, 0) or die "fake aws: socket: $!\n";
connect($resident, pack('S Z*', $PF_UNIX, $ARGV[0])) or die "fake aws: connect: $!\n";
put($resident, "$$\n");

while (defined(my $header = take(5))) {
  my ($order, $length) = unpack('a N', $header);
  my $data = take($length) // last;
  if ($order eq 'o') { put(\*STDOUT, $data) }
  elsif ($order eq 'e') { put(\*STDERR, $data) }
  elsif ($order eq 'i') {
    my $input = do { local $/; <STDIN> } // '';
    put($resident, pack('N', length $input) . $input);
  }
  elsif ($order eq 's') {    # Signals are told, and answered 0.3 s later.
    for my $name (qw(INT TERM HUP)) {
      $SIG{$name} = sub {
        put($resident, pack('N', length $name) . $name);
        select(undef, undef, undef, 0.3);
        exit $data;
      };
    }
  }
  elsif ($order eq 'x') { exit $data }
}
exit 99;

sub put {
  my ($to, $data) = @_;
  for (my $done = 0; $done < length $data;) {
    my $written = syswrite($to, $data, length($data) - $done, $done) // exit 99;
    $done += $written;
  }
}

sub take {
  my ($length) = @_;
  my $data = '';
  while (length $data < $length) {
    my $read = sysread($resident, $data, $length - length $data, length $data);
    next if !defined $read && $! == 4;    # EINTR
    return undef if !$read;
  }
  return $data;
}
