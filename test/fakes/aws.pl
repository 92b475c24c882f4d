#!/usr/bin/perl
# The process of a fake `aws`: `aws.pl SOCKET ARGUMENT…`. It carries out the orders that call-server.ts sends through
# the socket. Tests start it thousands of times, so it loads no modules, not even those that define these numbers, and
# starts in a few milliseconds.
use strict;

my ($PF_UNIX, $SOCK_STREAM) = (1, 1);
socket(my $server, $PF_UNIX, $SOCK_STREAM, 0) or die "fake aws: socket: $!\n";
connect($server, pack('S Z*', $PF_UNIX, $ARGV[0])) or die "fake aws: connect: $!\n";
put($server, "$$\n");

while (defined(my $header = take(5))) {
  my ($order, $length) = unpack('a N', $header);
  my $data = take($length) // last;
  if ($order eq 'o') { put(\*STDOUT, $data) }
  elsif ($order eq 'e') { put(\*STDERR, $data) }
  elsif ($order eq 'i') {
    my $input = do { local $/; <STDIN> } // '';
    put($server, pack('N', length $input) . $input);
  }
  elsif ($order eq 's') {    # Reports a signal, and exits 0.3 s later.
    for my $name (qw(INT TERM HUP)) {
      $SIG{$name} = sub {
        put($server, pack('N', length $name) . $name);
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
    my $read = sysread($server, $data, $length - length $data, length $data);
    next if !defined $read && $! == 4;    # EINTR
    return undef if !$read;
  }
  return $data;
}
